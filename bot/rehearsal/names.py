"""Names of people who do not exist, from many places: given names and family names by culture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

Language = Literal["en", "de", "es", "fr", "pt", "uk", "ar", "he", "ja"]


@dataclass(frozen=True, slots=True)
class Name:
    """A whole name as its owner writes it, and the language that they speak at home."""

    whole: str
    language: Language


@dataclass(frozen=True, slots=True)
class _Culture:
    given: str
    family: str
    language: Language = "en"
    family_first: bool = False


_CULTURES = (
    _Culture(
        "Ada Ben Claire Dylan Fiona Grace Harry Imogen Jack Kezia Liam Nora",
        "Ashworth Barlow Carver Dunmore Ellison Fairley Hartwell Langdon",
    ),
    _Culture(
        "Anke Bernd Christa Dieter Elke Finn Greta Jonas Lena Moritz",
        "Albrecht Böhm Fuchs Gärtner Hoffmeister Krüger Lindner Vogt",
        "de",
    ),
    _Culture(
        "Alejandra Bruno Carmen Diego Elena Fermín Inés Joaquín Lucía Mateo",
        "Aguirre Bermúdez Castaño Delgado Escobar Fuentes Ibáñez Quiroga",
        "es",
    ),
    _Culture(
        "Amélie Baptiste Camille Damien Élodie Gaël Hélène Lucas Margaux Théo",
        "Aubert Bonnet Chevalier Delorme Fournier Girard Lacroix Mercier",
        "fr",
    ),
    _Culture(
        "أمينة بلال دانة حسن ليلى كريم منى سامي ياسمين زياد",
        "الحداد البستاني الخطيب الزهراني العمري القاسم النجار الشامي",
        "ar",
    ),
    _Culture(
        "葵 蓮 美咲 大輝 結衣 翔太 陽菜 健太 彩花 直樹",
        "佐藤 高橋 渡辺 小林 斎藤 松本 中野 藤田",
        "ja",
        family_first=True,
    ),
    _Culture(
        "Adaeze Babatunde Chidi Efua Femi Kwame Ngozi Obinna Temitope Zainab",
        "Adeyemi Boateng Danjuma Eze Mensah Nwosu Okafor Owusu",
    ),
    _Culture(
        "Abebe Desta Hiwot Kidane Lulit Makda Rahel Selam Tesfaye Yonas",
        "Alemu Bekele Gebre Hailu Mengistu Tadesse Wolde Zewde",
    ),
    _Culture(
        "Akinyi Baraka Chebet Juma Kamau Makena Njeri Otieno Wanjiru Zawadi",
        "Achieng Kariuki Kipchoge Mwangi Mutua Nyambura Odhiambo Wekesa",
    ),
    _Culture(
        "Lerato Mpho Nandi Sipho Thabo Thandiwe Vusi Zanele Ayanda Kagiso",
        "Dlamini Khumalo Mokoena Naidoo Ndlovu Nkosi Sithole Zulu",
    ),
    _Culture(
        "Aarav Bhavna Deepa Ishaan Kavya Manish Nisha Priya Rohan Sunita",
        "Banerjee Chatterjee Desai Iyer Joshi Kulkarni Menon Patel",
    ),
    _Culture(
        "Asma Bilal Farah Hamza Iqra Noor Rabia Saad Usman Zara",
        "Ahmed Baig Chaudhry Farooqi Hussain Malik Qureshi Siddiqui",
    ),
    _Culture(
        "Bo Fang Hui Jian Lan Mei Ping Qiang Xia Yun",
        "Chen Deng Gao Huang Lin Sun Wu Zhao",
        family_first=True,
    ),
    _Culture(
        "Da-eun Ha-jun Ji-woo Min-seo Seo-yeon Si-woo Soo-ah Tae-yang Ye-jin Yu-jin",
        "Choi Han Jung Kang Kim Park Shin Yoon",
        family_first=True,
    ),
    _Culture(
        "Anh Bảo Châu Dung Giang Hạnh Khoa Linh Minh Thảo",
        "Bùi Đặng Đỗ Hoàng Lê Ngô Nguyễn Trần",
        family_first=True,
    ),
    _Culture(
        "Adi Budi Citra Dewi Eka Fitri Gita Putra Sari Wayan",
        "Gunawan Hartono Lestari Nugroho Pratama Santoso Setiawan Wijaya",
    ),
    _Culture(
        "Amihan Bayani Dalisay Jerome Kristine Ligaya Marisol Paolo Rosario Tala",
        "Aquino Bautista Dizon Evangelista Magsaysay Pangilinan Salonga Villanueva",
    ),
    _Culture(
        "Ágnes Balázs Csilla Dániel Eszter Gábor Ildikó László Réka Zsófia",
        "Bartos Fehér Halász Kertész Molnár Szalai Takács Vörös",
        family_first=True,
    ),
    _Culture(
        "Agnieszka Bartosz Celina Dawid Ewa Grzegorz Halina Kacper Łucja Zofia",
        "Dąbrowicz Jabłoński Kowal Lis Mazurek Nowicz Wrona Zieliński",
    ),
    _Culture(
        "Андрій Богдана Віра Дмитро Зоряна Ірина Леся Микола Оксана Тарас",
        "Бондаренко Гончар Дорошенко Кравець Литвин Мельник Савчук Ткач",
        "uk",
    ),
    _Culture(
        "Aino Eero Helmi Ilmari Kaisa Lauri Minna Olavi Saara Veikko",
        "Aaltonen Heikkinen Järvelä Koskela Lehtonen Mäkelä Niemi Salonen",
    ),
    _Culture(
        "Astrid Bjørn Dagny Eirik Freja Gunnar Ingrid Leif Sigrid Torsten",
        "Andersen Bakke Dahl Ekström Holm Lindqvist Nygård Sørensen",
    ),
    _Culture(
        "Ayşe Burak Cem Defne Elif Gökhan Hande Kerem Selin Umut",
        "Aksoy Bozkurt Çelik Demir Erdoğmuş Kaplan Öztürk Yıldız",
    ),
    _Culture(
        "Azadeh Behrouz Dariush Farhad Golnaz Kian Laleh Mahsa Niloufar Shirin",
        "Ahmadi Bahrami Farahani Hosseini Jafari Karimi Rostami Tehrani",
    ),
    _Culture(
        "Ana Beatriz Caio Davi Fernanda Gabriel Heloísa João Larissa Thiago",
        "Almeida Barbosa Carvalho Ferreira Gonçalves Moura Ribeiro Teixeira",
        "pt",
    ),
    _Culture(
        "Alessia Beatrice Cosimo Davide Elisa Fabrizio Ginevra Lorenzo Ornella Sandro",
        "Barone Colombo Desanti Ferrante Galli Martinelli Riva Sartori",
    ),
    _Culture(
        "Avi Dafna Eitan Hila Maya Noam Oren Shira Tamar Yael",
        "Amir Barak Golan Harel Levy Mizrahi Peretz Shalev",
        "he",
    ),
    _Culture(
        "Aroha Hemi Kiri Manaia Mere Nikau Rangi Tane Wiremu Whetu",
        "Heke Karaka Ngata Paki Rangihuna Tamihana Waititi Walker",
    ),
)


@cache
def every_name() -> tuple[Name, ...]:
    """All names there are, each once, always in the same order; more than 2,000."""
    found: dict[str, Name] = {}
    for culture in _CULTURES:
        for given in culture.given.split():
            for family in culture.family.split():
                parts = (family, given) if culture.family_first else (given, family)
                whole = " ".join(parts)
                found.setdefault(whole, Name(whole, culture.language))
    return tuple(found.values())
