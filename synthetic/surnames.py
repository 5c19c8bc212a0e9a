"""Surnames by origin, the commonest first; an underscore stands for a space.

Made for this project from everyday knowledge of which names are common, as are the
two halves from which rarer English surnames are put together.
"""

SURNAMES: dict[str, str] = {
    "british": """
        Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright
        Thompson Evans Walker White Roberts Green Hall Wood Jackson Clarke
        Harris Lewis Clark Turner Hill Cooper Ward Moore Morris King Watson
        Harrison Baker Martin Morgan Patterson Allen James Scott Phillips Lee
        Parker Bennett Cook Shaw Griffiths Cox Carter Richardson Collins Young
        Bailey Marshall Adams Simpson Anderson Mitchell Webb Rogers Foster
        Hughes Price Ellis Gray Mills Palmer Powell Holmes Hunt Knight Butler
        Barnes Fisher Stevens Lloyd Chapman Mason Matthews Rose Russell Jenkins
        Fletcher Harvey Dixon Graham Gibson West Ford Barker Day Owen Hart Cole
        Andrews Dean Lane Walsh Payne Elliott Hudson Spencer Reynolds Pearson
        Gardner Bradley Williamson Lawrence Armstrong Burton Saunders Perry
        Warren Hopkins Bird Francis Lawson Page Atkinson Watts Curtis Stone Carr
        Wells Newman Fox Arnold Nicholls Berry Hayes Ball Bishop Burns Gilbert
        Nicholson Oliver Hawkins Porter Goodwin Booth Sutton Barrett Field
        Osborne Bates Parsons Frost Yates Hancock Brooks Freeman Weston Hodgson
        Peters Moss Woods Stephens Skinner Fuller Long Potter Wheeler Cross
        Austin Bull Norris Wallis Lowe Nash Pickering Sharp Rowe Bryant Tucker
        Gregory Rhodes Finch Howell Holt Higgins Cartwright Hewitt Haynes Tonks
        Round Hickman Whitehouse Bayliss Perks Hadley Homer Cotterill Yardley
        Dugmore Attwood Sheldon Jeavons Billingham Raybould Tandy Wooldridge
        Hingley Pargeter Bloomer Darby Rudge Danks Parkes Westwood Dunn Mole
        Grainger Tranter Blewitt Millward Hodgetts Willetts Pugh Preece Gough
        Beddows Rowley Aston St_John
    """,
    "irish": """
        O'Brien Murphy Kelly O'Connor Ryan Byrne Walsh Sullivan O'Sullivan Doyle
        McCarthy Gallagher Doherty Kennedy Lynch Murray Quinn Moore McLoughlin
        O'Neill Connors O'Reilly O'Donnell McDonagh Ward Nolan Dunne Brennan
        Burke Collins Maughan Sweeney O'Keeffe Flanagan Fitzgerald O'Leary
        Cassidy O'Shea McGinley McInerney Rooney Cash Delaney O'Hara Keenan
        Mulligan Hanrahan
    """,
    "scottish": """
        Smith MacDonald Campbell Stewart Robertson Thomson Anderson McDonald
        Murray MacLeod McLean MacKenzie Ross Fraser Henderson McKay Sinclair
        Ferguson Cameron McGregor Buchanan MacMillan Sutherland Munro Mac_Leod
        McIntosh Gillespie Baird Drummond Galbraith Lamont Urquhart Farquharson
    """,
    "welsh": """
        Jones Williams Davies Evans Thomas Roberts Lewis Hughes Morgan Griffiths
        Edwards Owen James Rees Jenkins Price Morris Lloyd Phillips Parry Powell
        Pritchard Bowen Bevan Vaughan Llewellyn ap_Rhys Probert Prosser Gwynne
        Maddocks
    """,
    "pakistani": """
        Khan Hussain Ahmed Ali Iqbal Malik Akhtar Mahmood Shah Mirza Hassan
        Aslam Rashid Butt Chaudhry Chowdhury Qureshi Sheikh Raja Bibi Begum
        Javed Nawaz Rehman Yousaf Zaman Saleem Afzal Ashraf Bashir Farooq Hanif
        Hamid Ilyas Jamil Kauser Latif Mehmood Munir Nazir Parveen Rafiq Sadiq
        Sharif Siddique Tariq Younis Ul-Haq ul-Hassan Khalil Anwar Arshad
    """,
    "indian": """
        Singh Patel Kaur Sharma Gill Sandhu Dhillon Sidhu Grewal Bains Johal
        Kumar Shah Mistry Desai Mehta Joshi Chauhan Parmar Lad Solanki Dhaliwal
        Virdee Bhogal Sahota Uppal Rai Purewal Atwal Sangha Hayer Chahal Mann
        Nijjar Thandi Gohil Rana Verma Gupta Reddy Nair Bassi Cheema
    """,
    "bangladeshi": """
        Begum Ali Miah Uddin Ahmed Islam Rahman Khatun Hussain Khan Hoque
        Chowdhury Alam Akter Choudhury Haque Karim Khanom Sultana Talukdar Bibi
        Mia Hossain Sarkar Das
    """,
    "caribbean": """
        Campbell Brown Williams Johnson Francis Gordon Grant Clarke Henry
        Thompson Lewis Morgan Reid Bailey Palmer Edwards Daley Samuels Blake
        McKenzie Gayle Facey Powell Whyte Dacosta Pinnock Bryan Harriott Hylton
        Lindo Beckford Wint Nembhard McFarlane St._Louis Delpeche
    """,
    "african": """
        Mohamed Ali Hassan Abdi Ahmed Ibrahim Yusuf Osman Okafor Okeke Eze Nwosu
        Obi Adeyemi Adebayo Ogunleye Oyelaran Balogun Afolabi Mensah Owusu
        Boateng Osei Asante Appiah Agyeman Diallo Bah Jallow Ceesay Kamara Sesay
        Moyo Ncube Dube Sibanda Chikwanha Mutasa Tshibangu Mukendi Kabongo
        Warsame Farah Jama Adan Nur Hussein Omar Olawale Eke Onyekachi Danso
        Ofori Gebre
    """,
    "polish": """
        Nowak Kowalski Wisniewski Wojcik Kowalczyk Kaminski Lewandowski
        Zielinski Szymanski Wozniak Dabrowski Kozlowski Mazur Jankowski Krawczyk
        Kaczmarek Piotrowski Grabowski Zajac Pawlowski Krol Wieczorek Jablonski
        Wrobel Majewski Olszewski Stepien Malinowski Górski Dąbrowski Wiśniewski
        Rutkowski Sikora Baran Duda Szewczyk Pietrzak Nowak-Kowalska
    """,
    "romanian": """
        Popa Popescu Ionescu Radu Dumitru Stan Stoica Gheorghe Matei Ciobanu
        Rusu Munteanu Constantin Marin Tudor Dobre Barbu Nistor Florea Dinu
        Serban Moldovan Vasile Lacatus Ciurar Rostas Covaci Lakatos Lupu Neagu
        Cazacu Gabor
    """,
    "arabic": """
        Mohamed Ahmed Hassan Ali Al-Hassan El-Amin Al-Masri Ibrahim Mahmoud
        Saleh Nasser Al-Khatib Haddad Khalil Mansour Aziz El-Sayed Al-Jaber
        Abdullah Hamdan Awad Al-Ahmad Al-Mohammed Najjar Darwish Shaheen Qasim
        El-Khoury Saad Othman Bakr
    """,
    "chinese": """
        Chen Wong Li Wang Zhang Liu Chan Lee Cheung Lam Lin Yang Huang Wu Zhou
        Xu Ho Tang Leung Ng Yip Tse Lau Zheng Zhao Sun Ma Guo He Kwok
    """,
    "vietnamese": """
        Nguyen Tran Le Pham Hoang Phan Vu Dang Bui Do Ho Ngo Duong Ly Dinh Trinh
        Mai
    """,
    "eritrean": """
        Tesfay Haile Ghebremedhin Kidane Berhane Tekle Habte Weldemichael
        Gebremariam Mehari Asmelash Kahsay Goitom Zeray Abraha Tewelde Okbay
        Negash Gebreselassie Yemane Araya Fessehaye
    """,
    "afghan": """
        Ahmadi Mohammadi Rahimi Hussaini Noori Karimi Stanikzai Safi Zadran
        Ahmadzai Khan Amiri Hotak Jabarkhel Mangal Nazari Niazi Omari Popal
        Qaderi Rasuli Sahak Sultani Wardak Yousafzai Zazai Momand Shinwari
        Al-Kozai
    """,
    "kurdish": """
        Mohammed Ahmed Hama Rashid Karim Ali Mahmood Rasul Omar Hamad Salih
        Abdullah Aziz Qadir Hussein Ibrahim Sharif Faraj Majeed Hassan
    """,
    "sudanese": """
        Mohamed Adam Abdalla Ahmed Ismail Ibrahim Osman Idris Abaker Yahya
        Haroun Musa Salih Elamin El-Tayeb Abdelrahman Hamid Eltayeb Bakhit
        Suliman
    """,
    "albanian": """
        Hoxha Shehu Gjoka Leka Marku Prifti Dervishi Kola Hysa Muca Cela Basha
        Bardhi Gjini Kurti Lika Meta Nika Prenga Troka Zefi Doda
    """,
}

ENGLISH_STEMS = """
    Ash Ather Barn Beck Birch Black Brad Bram Brook Burn Car Chad Chester Clay Cran
    Dal Den Dray East Ed Elm Fair Fen Gorse Green Hamp Hart Haw Hazel Heath Hol Hop
    Kel Lang Lind Long Mar Mel Mor Nor Oak Pen Pres Rad Red Rock Rush Sand Sher Staf
    Stan Sum Thorn Til Wal War Wes Whit Win Wool
"""
"""First halves of rarer English surnames."""

ENGLISH_ENDINGS = """
    well ton ley ford field worth wood bridge croft combe dale ham hurst land more
    shaw stead thorpe wick bourne
"""
"""Second halves: with the stems they give the long tail that real surnames have."""

TRAVELLED = {
    "Mohammed": ("Muhammad", "Mohamed", "Mohammad", "Muhammed", "Mohd"),
    "Muhammad": ("Mohammed", "Mohammad"),
    "Mohamed": ("Mohammed", "Muhammad"),
    "Mohammad": ("Mohammed", "Muhammad"),
    "Hussain": ("Hussein", "Husain", "Hossain"),
    "Hussein": ("Hussain", "Husein"),
    "Ahmed": ("Ahmad", "Ahmet"),
    "Ahmad": ("Ahmed",),
    "Aisha": ("Ayesha", "Aysha", "Aishah"),
    "Ayesha": ("Aisha", "Aysha"),
    "Fatima": ("Fatema", "Fatimah", "Fathima"),
    "Yusuf": ("Yousef", "Yousuf", "Yusef"),
    "Yousef": ("Yusuf", "Youssef"),
    "Chaudhry": ("Chowdhury", "Choudhary", "Chaudhary"),
    "Chowdhury": ("Choudhury", "Chaudhry"),
    "Omar": ("Umar", "Omer"),
    "Umar": ("Omar",),
    "Uddin": ("Udin", "Ud-Din"),
    "Abdul_Rahman": ("Abdulrahman", "Abdurrahman", "Abdul"),
    "Zainab": ("Zaynab", "Zeinab"),
    "Tesfay": ("Tesfaye", "Tesfai"),
    "Yohannes": ("Yohanes", "Johannes"),
    "Mehari": ("Mehary",),
    "Hassan": ("Hasan",),
    "Ibrahim": ("Ebrahim",),
    "Khalid": ("Khaled",),
    "Nguyen": ("Nguyên", "Ngyuen"),
    "MacDonald": ("McDonald", "Mac Donald"),
    "McDonald": ("MacDonald", "Macdonald"),
    "MacLeod": ("McLeod", "Mac Leod"),
    "O'Brien": ("Obrien", "O Brien"),
    "Catherine": ("Katherine", "Kathryn"),
    "Siobhan": ("Shivaun", "Siobahn"),
    "Sean": ("Shaun", "Shane"),
    "Stephen": ("Steven",),
    "Steven": ("Stephen",),
    "Jayden": ("Jaden", "Jaiden"),
    "Aaron": ("Arron",),
    "Rhys": ("Reece", "Rhyse"),
    "Callum": ("Calum",),
    "Connor": ("Conor", "Conner"),
    "Kieran": ("Ciaran", "Kieron"),
    "Chloe": ("Cloe", "Khloe"),
    "Leah": ("Lea", "Lia"),
    "Keira": ("Kiera", "Kyra"),
}
"""Spellings that one name takes on its way through several offices."""

SHORT_FORMS = {
    "William": ("Billy", "Will", "Liam"),
    "Thomas": ("Tom", "Tommy"),
    "James": ("Jim", "Jamie"),
    "Joseph": ("Joe", "Joey"),
    "Joshua": ("Josh",),
    "Samuel": ("Sam", "Sammy"),
    "Daniel": ("Dan", "Danny"),
    "Matthew": ("Matt",),
    "Alexander": ("Alex", "Xander"),
    "Benjamin": ("Ben",),
    "Charlie": ("Charles",),
    "Edward": ("Ted", "Eddie"),
    "Christopher": ("Chris",),
    "Michael": ("Mick", "Mike"),
    "Nathan": ("Nate",),
    "Cameron": ("Cam",),
    "Jacob": ("Jake",),
    "Robert": ("Bob", "Rob"),
    "Richard": ("Rick", "Dick"),
    "Anthony": ("Tony",),
    "Andrew": ("Andy",),
    "Emily": ("Em", "Emmie"),
    "Jessica": ("Jess",),
    "Charlotte": ("Charley", "Lottie"),
    "Rebecca": ("Becky", "Becca"),
    "Abigail": ("Abi", "Abbie"),
    "Bethany": ("Beth",),
    "Isabella": ("Bella", "Izzy"),
    "Elizabeth": ("Liz", "Beth"),
    "Katie": ("Kate", "Katherine"),
    "Samantha": ("Sam",),
    "Natasha": ("Tash",),
    "Victoria": ("Vicky",),
    "Georgia": ("George",),
    "Ellie": ("Eleanor", "Elle"),
    "Kayleigh": ("Kay",),
    "Mohammed": ("Mo",),
    "Abdirahman": ("Abdi",),
    "Emmanuel": ("Manny",),
    "Alfie": ("Alfred",),
    "Archie": ("Archibald",),
    "Freddie": ("Fred",),
    "Max": ("Maxwell",),
    "Oliver": ("Olly",),
    "Patrick": ("Paddy", "Pat"),
    "Jakub": ("Kuba",),
    "Gurpreet": ("Gopi",),
}
"""What people are called instead of the name on their birth certificate."""
