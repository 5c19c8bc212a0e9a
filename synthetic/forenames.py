"""Forenames by origin, the commonest first; an underscore stands for a space.

Made for this project from everyday knowledge of which names are common. Ranks are
rough: what matters is that a few names are very common and most are not.
"""

MALE: dict[str, str] = {
    "british": """
        Jack Oliver Harry George Thomas James Jacob Joshua William Charlie
        Daniel Ethan Alfie Samuel Joseph Dylan Ryan Connor Luke Matthew Lewis
        Callum Nathan Liam Jayden Tyler Logan Mason Riley Harrison Max Leo Oscar
        Archie Freddie Henry Alexander Benjamin Adam Edward Isaac Lucas Toby
        Cameron Jake Bradley Aaron Kieran Reece Ashley Jordan Kyle Brandon Corey
        Declan Kai Kian Finley Louie Theo Tommy Bobby Frankie Reggie Teddy Albie
        Ronnie Stanley Ralph Hugo Arthur Elliot Owen Jamie Scott Craig Lee
        Darren Wayne Dean Gary Stephen Steven David Michael Paul Mark Andrew
        Christopher Robert Richard John Peter Simon Neil Kevin Anthony Stuart
        Ian Philip Jonathan Nicholas Graham Keith Martin Alan Barry Trevor Derek
        Colin Roger Brian Terence Kenneth Raymond Dennis Geoffrey Leslie Gordon
        Ronald Norman Clive Malcolm Nigel Carl Adrian Shaun Damian Karl Russell
        Gavin Justin Dominic Jason Gareth Marcus Leon Curtis Ricky Zachary
        Sebastian Felix Jude Rory Ellis Blake Harvey Jenson Zac Caleb Noah
        Elijah Gabriel Rhys Tristan Miles Francis Rowan Jasper Barnaby Ned
        Hector Rupert Fergus Linden Silas Ambrose
    """,
    "irish": """
        Sean Patrick Conor Michael Liam Aidan Kieran Declan Brendan Niall Eoin
        Cian Darragh Oisin Cormac Ronan Finn Eamon Padraig Ciaran Seamus Shane
        Dermot Fergal Cathal Tadhg Donal Colm Martin Jim Johnny Miley Felix
        Francie Rory Diarmuid
    """,
    "scottish": """
        Ewan Callum Fraser Angus Hamish Alasdair Duncan Cameron Finlay Lachlan
        Iain Gregor Murray Blair Struan Rory Ross Stuart Craig Gordon Douglas
        Malcolm Kenneth Archie Hector Ruaridh Torquil Keir
    """,
    "welsh": """
        Rhys Dylan Owen Gareth Huw Ieuan Evan Gethin Iwan Osian Tomos Harri
        Macsen Aled Emyr Bryn Dafydd Geraint Glyn Hywel Idris Ifan Llewelyn
        Morgan Meirion Steffan Sion Trystan Emrys Gwilym
    """,
    "pakistani": """
        Mohammed Muhammad Ali Hassan Hamza Ibrahim Umar Usman Bilal Adam Yusuf
        Zain Haris Ahmed Abdullah Imran Asif Amir Tariq Khalid Shahid Nadeem
        Kashif Waqas Faisal Adnan Zeeshan Rizwan Junaid Haroon Sajid Majid
        Rashid Tahir Naveed Shabir Ghulam Aqib Awais Danyal Musa Zakariya
        Mohammed_Ali Abdul_Rahman Arslan Fahad Ehsan Jawad Kamran Luqman
        Mudassar Nasir Qasim Raheel Sohail Wajid Yasin Zubair Mohammad Mohamed
        Syed Uzair Irfan Shoaib Azhar
    """,
    "indian": """
        Arjun Aarav Rohan Karan Amar Gurpreet Harpreet Manpreet Jaspal Baljit
        Sukhdev Rajesh Sanjay Vikram Anil Sunil Amit Rahul Ravi Dev Jay Kiran
        Nikhil Neel Harjit Balvinder Jaswinder Kulwinder Surinder Amandeep
        Sandeep Gurdeep Jagdeep Mandeep Inderjit Paramjit Satnam Mohan Dinesh
        Ramesh Suresh Mahesh Bhavesh Jignesh Kunal Akash Aryan Veer Ishaan
        Jaydeep Tejinder Ranjit Kuldip
    """,
    "bangladeshi": """
        Mohammed Abdul Rahim Karim Shah Kamal Jamal Rafiq Shafiq Faruk Habib
        Anwar Sadek Mizan Rubel Sohel Tanvir Fahim Nayeem Rakib Sajjad
        Abdul_Karim Abdul_Malik Mahbub Monir Nurul Rezaul Shahin Tareq Zahid
        Ziaur Imran Ashraf
    """,
    "caribbean": """
        Marlon Jermaine Tyrone Leon Jerome Andre Darnell Kemar Omari Tyrell
        Kyron Isaiah Malachi Elijah Jaden Marcus Curtis Winston Errol Delroy
        Lloyd Desmond Clive Devonte Rashaun Tre Nathaniel Ezekiel Jahmal Kadeem
        Theo Zion Micah Dwayne Ricardo
    """,
    "african": """
        Emmanuel David Samuel Daniel Joshua Michael Chidi Emeka Chinedu Ikenna
        Kelechi Obinna Tunde Femi Segun Kunle Ayo Babatunde Olumide Kwame Kofi
        Kwabena Yaw Kojo Abdi Abdirahman Mohamed Ahmed Hassan Ismail Liban Mahad
        Guled Yusuf Ibrahim Ousmane Mamadou Sekou Tendai Tafadzwa Farai Tinashe
        Jean_Claude Patrice Christian Abdullahi Abdikadir Zakaria Mustafa
        Sulaiman Oluwaseun Tobi Uche Nnamdi
    """,
    "polish": """
        Jakub Kacper Filip Mateusz Szymon Michal Bartosz Dawid Adrian Kamil
        Piotr Pawel Tomasz Marcin Krzysztof Lukasz Marek Andrzej Wojciech
        Grzegorz Rafal Dominik Oskar Igor Patryk Sebastian Maciej Zbigniew Jerzy
        Stanislaw Łukasz Paweł Jan Tadeusz Wiktor Antoni Oliwier Błażej
    """,
    "romanian": """
        Andrei Alexandru Mihai Ionut Stefan Gabriel Cristian Florin Marius
        Adrian Constantin Nicolae Vasile Gheorghe Bogdan Daniel Robert Denis
        Marian Sorin Costel Viorel Darius Rares Eduard Ștefan Ionel Lucian
        Valentin Petru
    """,
    "arabic": """
        Ahmed Mohamed Omar Ali Hassan Hussein Mustafa Yousef Khaled Ibrahim
        Mahmoud Abdullah Karim Tarek Bassam Samir Nabil Faris Zaid Anas Hamza
        Abdelrahman Abdul_Aziz Salah Walid Jamal Marwan Ayman Rami Adel Fadi
        Ghassan Haitham Saif
    """,
    "chinese": """
        Wei Jun Hao Ming Jian Lei Chen Yi Xiang Kai Jason Kevin Eric Tony Ka_Ho
        Chi_Wai Wai_Kit Siu_Ming Zhi_Wei Jia_Hao Yu_Xuan Bo Feng Gang Peng Tao
        Long
    """,
    "vietnamese": """
        Van_Minh Van_Hung Duc_Anh Quang_Huy Minh Hung Dung Tuan Nam Hai Duc Long
        Thanh Van_Nam Van_Duc Van_Tuan Hoang Khanh Quan Son Tien Trung Van_Thang
        Van_Cuong
    """,
    "eritrean": """
        Yonas Samuel Abel Filmon Merhawi Natnael Henok Robel Daniel Kidane
        Tesfay Haben Mussie Biniam Amanuel Awet Dawit Efrem Isaias Kibrom
        Michael Mikiele Simon Temesgen Yohannes Aman Hermon Teklit Fitsum Meron
    """,
    "afghan": """
        Ahmad Mohammad Abdul Zabihullah Hamid Farid Najib Rahmat Samiullah
        Habibullah Ahmadullah Ajmal Asadullah Ihsanullah Jawid Khalid Latif
        Mustafa Nasrullah Naqibullah Omid Rahimullah Sayed Shafiullah Wahid Zia
        Zalmai Noor_Mohammad Mohammad_Ali Abdul_Rahman Sharifullah Hekmatullah
        Gul_Agha
    """,
    "kurdish": """
        Aram Karwan Rebwar Hiwa Dilshad Sherko Azad Bahman Hemin Kawa Rebin
        Sardar Shwan Soran Twana Zana Ari Barzan Diyar Goran Hawre Ibrahim
        Mohammed Omed Rawa
    """,
    "sudanese": """
        Mohamed Ahmed Abdalla Adam Ismail Ibrahim Osman Idris Khalid Yasir
        Mubarak Musa Abdelaziz Abubaker Bakri Eisa Haroun Hamid Mustafa Nasir
        Salih Suleiman Tariq Yahya Zakaria Abakar
    """,
    "albanian": """
        Ardit Arben Besnik Dritan Erion Fatjon Gentian Ilir Klajdi Kristi
        Leonard Mario Altin Armando Aurel Bledar Denis Elvis Endrit Flamur
        Indrit Juxhin Kevin Renato
    """,
}

FEMALE: dict[str, str] = {
    "british": """
        Emily Olivia Sophie Chloe Jessica Charlotte Lucy Amelia Grace Ella Megan
        Lily Mia Ruby Evie Hannah Holly Ellie Poppy Isabella Freya Summer Daisy
        Lola Maisie Millie Abigail Amy Bethany Lauren Courtney Georgia Rebecca
        Rachel Katie Leah Paige Shannon Jade Molly Caitlin Erin Eleanor Alice
        Florence Isla Ava Ivy Willow Rosie Phoebe Skye Scarlett Lexi Lacey
        Kayleigh Chelsea Kelsey Demi Tia Tiegan Keira Libby Madison Aimee Amber
        Zoe Natasha Danielle Gemma Stacey Kelly Leanne Kirsty Donna Tracey
        Sharon Michelle Julie Karen Susan Deborah Jacqueline Jane Angela Lisa
        Nicola Joanne Louise Sarah Claire Emma Samantha Victoria Helen Alison
        Catherine Elizabeth Margaret Patricia Christine Linda Carol Sandra
        Barbara Janet Maureen Sheila Jean Joan Dorothy Pamela Wendy Gillian
        Lesley Lynn Dawn Tina Mandy Lorraine Paula Sally Heather Rosemary Naomi
        Imogen Harriet Beth Martha Matilda Esme Darcey Layla Nancy Orla Tilly
        Violet Mabel Robyn Eden Hollie Mary-Jane Ellie-Mae Lily-Rose Lexi-Mae
        Gracie-Mae Lilly-Ann Anna-Marie Ffion Tabitha Ottilie Beatrix Clementine
        Marnie Saffron Jasmine Melissa Francesca
    """,
    "irish": """
        Aoife Ciara Niamh Sinead Siobhan Roisin Orla Grainne Maeve Caoimhe
        Saoirse Clodagh Mary Bridget Margaret Kathleen Eileen Noreen Aisling
        Deirdre Emer Fionnuala Nora Shauna Teagan Bernadette Una Mary-Kate
        Theresa Philomena
    """,
    "scottish": """
        Eilidh Isla Kirsty Mhairi Ailsa Catriona Morag Fiona Shona Iona Skye
        Lorna Elspeth Heather Mairi Kirsten Aileen Rhona Senga Blair Jean Agnes
        Moira Una
    """,
    "welsh": """
        Carys Ffion Megan Seren Cerys Bethan Sian Nia Angharad Rhiannon Catrin
        Efa Mali Elin Lowri Gwen Gwenllian Eleri Delyth Eirlys Glenys Heulwen
        Mair Nerys Olwen Siwan Tegan Branwen Haf
    """,
    "pakistani": """
        Aisha Fatima Maryam Zainab Khadija Amina Sana Iqra Hira Saima Shazia
        Nadia Rabia Sadia Farah Samina Nasreen Shabana Rukhsana Yasmin Noor
        Aleena Mariam Hafsa Sumaira Sidra Alisha Anam Ayesha Bushra Humaira
        Javeria Kiran Laiba Mehwish Nazia Parveen Razia Rehana Safia Tahira Uzma
        Zara Zakia Tayyaba Sobia
    """,
    "indian": """
        Priya Anjali Simran Jasmine Harpreet Manpreet Gurpreet Jaspreet Kiran
        Neha Pooja Ritu Sunita Anita Rekha Meena Geeta Kavita Nisha Puja
        Rupinder Sukhjit Amrit Baljit Balvinder Daljit Parminder Ravinder
        Surinder Tejal Urvi Vaishali Diya Anaya Riya Aanya Ishani Jaya Kajal
        Mandeep Navneet Navjot
    """,
    "bangladeshi": """
        Fatema Ayesha Nasima Shahana Rahima Salma Ruksana Sultana Farzana
        Tahmina Nazma Jannat Mahfuza Rokeya Sabina Shirin Taslima Halima Khaleda
        Lima Momtaz Nadia Rima Shamima Sumaiya Tania Anika
    """,
    "caribbean": """
        Shanice Jade Tanisha Keisha Chantelle Shanelle Aaliyah Rhianna Kiara
        Imani Tiana Shantel Monique Simone Natalie Renee Jada Naomi Zaria
        Destiny Gloria Beverley Marcia Yvonne Sonia Cherelle Latoya Leticia
        Nevaeh Amari Denise
    """,
    "african": """
        Grace Blessing Esther Mary Ruth Deborah Chioma Ngozi Adaeze Amaka
        Chiamaka Ifeoma Funmi Bukola Folake Titilayo Yetunde Temitope Ama Akosua
        Abena Efua Fatima Amina Halima Hodan Hamdi Sahra Ayan Ifrah Asha Aminata
        Mariama Rudo Tariro Chipo Oluwatoyin Faith Mercy Precious Gift Comfort
        Patience Naima
    """,
    "polish": """
        Zuzanna Julia Maja Zofia Hanna Lena Alicja Oliwia Wiktoria Amelia
        Natalia Anna Katarzyna Agnieszka Magdalena Monika Ewa Joanna Karolina
        Aleksandra Paulina Martyna Weronika Dominika Kinga Malgorzata Małgorzata
        Beata Iwona Sylwia Nikola Kornelia Jagoda
    """,
    "romanian": """
        Maria Elena Andreea Ioana Alexandra Gabriela Mihaela Cristina Daniela
        Ana Florentina Georgiana Simona Loredana Bianca Denisa Larisa Roxana
        Alina Lavinia Sorina Ramona Nicoleta Adelina Rebeca Crina Mălina
    """,
    "arabic": """
        Fatima Aisha Maryam Zahra Noor Layla Sara Hana Amal Huda Salma Yasmin
        Rania Dina Nadia Samira Iman Zainab Khadija Mona Reem Lina Rana Hiba
        Asma Sumaya Safa Dalal
    """,
    "chinese": """
        Mei Ling Xiu Yan Li Na Jing Hui Fang Ying Mei_Ling Wing_Yan Ka_Yan
        Siu_Ling Jia_Yi Xin_Yi Yu_Ting Amy Joyce Vivian Grace Xue Qian Lan Hong
    """,
    "vietnamese": """
        Thi_Huong Thi_Lan Thi_Thuy Thi_Hoa Linh Huong Lan Mai Thuy Trang Hoa
        Phuong Nga Thi_Mai Thi_Trang Ngoc Thao Van Yen Thi_Nga Thi_Phuong
    """,
    "eritrean": """
        Selam Rahel Helen Feven Luwam Bethlehem Eden Hiwet Lidya Mahlet Merhawit
        Saba Senait Tsega Winta Yordanos Ruta Fiyori Semhar Natsnet
    """,
    "afghan": """
        Fatima Zahra Maryam Shabnam Nargis Laila Parwana Farzana Shukria Zainab
        Freshta Palwasha Malalai Gulalai Roya Sahar Soraya Wahida Zarghuna
    """,
    "kurdish": """
        Shilan Awaz Chnar Dilan Hero Jwan Kazhal Lana Naz Nian Rezan Rojin Sara
        Shna Tara Zhian Bahar Berivan
    """,
    "sudanese": """
        Fatima Amna Hawa Zeinab Mariam Khadija Asha Halima Nagla Rania Salma
        Samia Sara Tahani Ikhlas Nosiba
    """,
    "albanian": """
        Anisa Arjeta Blerta Elira Enkelejda Flutura Gresa Jonida Klea Lindita
        Mirela Ornela Rovena Sara Teuta Valbona Xhensila
    """,
}
