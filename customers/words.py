"""Words that say little about who a company is: legal forms, trades, articles; and web domains that say nothing.

All as names.fold writes them: small letters, no accents, Arabic variants of letters folded.
"""
# ruff: noqa: SIM905 - lists of words read better so

from __future__ import annotations

# What says how a company is constituted, not who it is. Letters may stand apart ("s p a").
LEGAL_FORMS = frozenset(
    # English-speaking countries and the Gulf
    "co company corp corporation inc incorporated limited llc llp lp ltd plc pllc pty wll fzco fzllc fze psc pjsc"
    " jsc ksc saoc saog sae est"
    # Poland
    " spzoo spolkazoo spolkazograniczonaodpowiedzialnoscia sa spolkaakcyjna psa spk spolkakomandytowa spj"
    " spolkajawna ska spp"
    # Brazil and Portugal
    " ltda limitada eireli me mei epp lda unipessoallda sociedadeanonima"
    # Italy
    " spa srl srls snc sas sapa scarl scrl scpa soccoop soccooparl societacooperativa societaperazioni"
    # elsewhere in Europe, and in the Maghreb
    " ag bv gmbh gmbhcokg kg kgaa ohg ug nv vof sarl sarlau eurl sasu sl slu sau se oy ab aps"
    # Arabic: joint stock, limited liability, partnership
    " ذمم شمم شمك شمل شمع شمسم شذمم ذاتمسووليهمحدوده ذاتالمسووليهالمحدوده محدوده المحدوده مساهمه"
    " مساهمهمصريه شركهمساهمهمصريه مساهمهعامه شركهمساهمه توصيهبسيطه".split()
)

# Words of trade that one translates when one writes the name in another language. "company" says nothing at all.
TRADES: dict[str, str] = {
    word: trade
    for trade, words in {
        "company": "company companies co corporation corp firm firma spolka przedsiebiorstwo empresa companhia cia"
        " societa azienda ditta societe شركه شركات موسسه",
        "group": "group grupa grupo gruppo groupe holding مجموعه قابضه",
        "hospital": "hospital hospitals szpital ospedale hopital مستشفي مستشفيات",
        "clinic": "clinic clinics klinika przychodnia clinica clinicas clinique عياده عيادات",
        "medical": "medical health healthcare medyczna medyczne medyczny zdrowie medico medica saude sanita sanitaria"
        " medicale طبيه طبي صحه صحيه",
        "pharma": "pharma pharmaceutical pharmaceuticals farmacja farmaceutyczna farmaceutica farmaceutico"
        " دواييه ادويه دوا",
        "university": "university uniwersytet universidade universita universite جامعه جامعات",
        "faculty": "faculty college faculdade facolta كليه",
        "school": "school schools szkola escola scuola ecole مدرسه مدارس",
        "bank": "bank banco banca banque بنك مصرف",
        "insurance": "insurance ubezpieczenia seguradora seguros assicurazioni assicurazione assurance تامين",
        "contracting": "contracting contractors contractor construction constructions building budownictwo budowlana"
        " construtora construcoes costruzioni edilizia مقاولات تشييد بنا انشاات",
        "transport": "transport transports transportes trasporti autotrasporti haulage freight spedycja نقل شحن",
        "logistics": "logistics storage warehousing logistyka logistica logistique لوجستيه تخزين",
        "food": "food foods zywnosc spozywcza alimentos alimenti alimentari alimentare اغذيه غذاييه",
        "trading": "trading trade commercial handel handlowa comercio comercial commerciale commercio تجاره تجاريه",
        "industry": "industry industries industrial przemysl przemyslowa industria industrias industrie industriale"
        " صناعه صناعات صناعيه",
        "factory": "factory factories works zaklad zaklady fabryka fabrica fabbrica officine officina usine مصنع مصانع",
        "mill": "mills mill mlyn mlyny moinho moinhos mulino mulini مطاحن مطحن",
        "hotel": "hotel hotels hotele hoteis albergo alberghi فندق فنادق",
        "investment": "investment investments inwestycje investimentos investimento investimenti investissement"
        " استثمار استثمارات",
        "estate": "estate estates realty nieruchomosci imoveis imobiliaria immobiliare immobiliari عقاري عقاريه عقارات",
        "energy": "energy energetyka energetyczna energia energetica طاقه",
        "water": "water waters wodociagi agua aguas acqua acque مياه",
        "technology": "technology technologies tech technologie tecnologia tecnologias tecnologie تقنيه تكنولوجيا",
        "services": "services service uslugi servicos servizi خدمات",
        "international": "international miedzynarodowa internacional internazionale دوليه دولي عالميه",
        "national": "national narodowy narodowa nacional nazionale اهليه وطنيه وطني",
        "cooperative": "cooperative coop spoldzielnia cooperativa تعاونيه",
    }.items()
    for word in words.split()
}

# Articles and small words between the others, of our languages.
SMALL_WORDS = frozenset(
    "the of and for al el il la lo le les gli i e o os as a de do da dos das di del della dei degli delle du des"
    " w z na dla oraz y und و في من".split()
)

# Countries whose tax ids for trade within the European Union begin with the country's letters.
VAT_PREFIXES = frozenset(
    "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split()
)

# Under these, in front of a country's letters, the company's own label is the third: "laka.com.br".
WIDE_DOMAINS = frozenset("ac co com edu gob gov gouv ind mil net nom or org sch waw info biz med".split())

# Where anybody may have a mailbox or a page: that two companies name the same one says nothing.
SHARED_DOMAINS = frozenset(
    # mail
    "gmail.com googlemail.com hotmail.com hotmail.it hotmail.co.uk outlook.com outlook.com.br live.com msn.com"
    " yahoo.com yahoo.com.br yahoo.it yahoo.co.uk ymail.com icloud.com me.com aol.com gmx.com gmx.de gmx.net web.de"
    " mail.com mail.ru yandex.com yandex.ru proton.me protonmail.com zoho.com fastmail.com tutanota.com qq.com 163.com"
    # mail of our countries
    " wp.pl o2.pl onet.pl interia.pl op.pl poczta.onet.pl gazeta.pl vp.pl uol.com.br bol.com.br terra.com.br ig.com.br"
    " libero.it virgilio.it alice.it tiscali.it tin.it pec.it legalmail.it btinternet.com sky.com comcast.net att.net"
    " verizon.net sapo.pt orange.fr wanadoo.fr free.fr laposte.net maktoob.com link.net tedata.net.eg emirates.net.ae"
    # pages
    " facebook.com instagram.com linkedin.com twitter.com x.com youtube.com tiktok.com wa.me linktr.ee google.com"
    " wordpress.com blogspot.com wixsite.com weebly.com github.io shopify.com myshopify.com"
    " webnode.com business.site godaddysites.com squarespace.com salla.sa zid.store"
    " allegro.pl olx.pl mercadolivre.com.br".split()
)
