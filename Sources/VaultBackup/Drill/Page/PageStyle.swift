/// The style sheet of the page.
enum PageStyle {
    static let text: StaticString = """
        :root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1b1f24;--soft:#5b6570;\
        --line:#d9dee4;--good:#1a7f4b;--bad:#c0322b;--warn:#8f5b00;--data:#2563c9;\
        --goodbg:#e6f4ec;--badbg:#fbe9e8;--warnbg:#fbf1dd}
        @media (prefers-color-scheme:dark){:root{--bg:#12161b;--card:#1b2129;--ink:#e8ebef;\
        --soft:#9aa5b1;--line:#323b46;--good:#58c98a;--bad:#ff8077;--warn:#e5b04c;\
        --data:#7fb0ff;--goodbg:#16301f;--badbg:#3a1d1c;--warnbg:#352a13}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--ink);\
        font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        main{max-width:68rem;margin:0 auto;padding:1.5rem 1rem 3rem}
        h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2.2rem 0 .6rem}
        p{margin:.3rem 0}.soft{color:var(--soft)}
        .banner{display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;align-items:baseline;margin:1rem 0;\
        padding:1rem 1.2rem;border-radius:.6rem;border-left:.45rem solid var(--warn);\
        background:var(--warnbg)}
        .banner strong{font-size:1.35rem}
        .banner.good{border-color:var(--good);background:var(--goodbg)}
        .banner.bad{border-color:var(--bad);background:var(--badbg)}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.8rem}
        .card,.panel{background:var(--card);border:1px solid var(--line);border-radius:.6rem;\
        padding:.8rem 1rem}
        .card dt{color:var(--soft);font-size:.85rem}.card dd{margin:0;font-size:1.4rem;\
        font-weight:600;line-height:1.3}.card dd+dd{font-size:.85rem;font-weight:400;\
        color:var(--soft)}
        dl{margin:0}
        .good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
        .banner,.banner.good,.banner.bad{color:var(--ink)}
        .two{display:grid;grid-template-columns:repeat(auto-fit,minmax(19rem,1fr));gap:.8rem}
        .two>*{min-width:0}
        ul{margin:.2rem 0;padding-left:0;list-style:none}li{padding:.12rem 0 .12rem 1.6rem;\
        text-indent:-1.6rem;overflow-wrap:anywhere}
        li b{display:inline-block;width:1.6rem;text-indent:0}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;min-width:46rem;font-size:.9rem}
        th{text-align:left;color:var(--soft);font-weight:500;white-space:nowrap}
        th,td{padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line);\
        vertical-align:top}
        tr:last-child td{border-bottom:0}td.n,th.n{text-align:right;white-space:nowrap}
        td.w{white-space:nowrap}
        code{font:.85rem/1.4 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
        svg{display:block;width:100%;height:auto}
        svg text{fill:var(--soft);font-size:12px}
        .axis{stroke:var(--line)}.target{stroke:var(--bad);stroke-dasharray:5 4}
        .trend{fill:none;stroke:var(--data);stroke-width:2}.dot{fill:var(--data)}
        .dot.bad{fill:var(--bad)}
        footer{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--line);\
        font-size:.85rem;color:var(--soft);overflow-wrap:anywhere}
        @media print{:root{--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;\
        --good:#1a7f4b;--bad:#c0322b;--warn:#8f5b00;--data:#2563c9;--goodbg:#fff;\
        --badbg:#fff;--warnbg:#fff}main{max-width:none;padding:0}\
        .card,.panel,.banner,tr{break-inside:avoid}h2{break-after:avoid}\
        .scroll{overflow:visible}\
        table{min-width:0}}
        """
}
