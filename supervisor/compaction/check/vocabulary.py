"""vocabulary: the words by which a narrative's claims are told from plain speech."""

from __future__ import annotations

# Each unit with the one spelling that stands for all of it.
SPELLINGS = """
ms msec millis millisecond milliseconds
s sec secs second seconds
min mins minute minutes
h hr hrs hour hours
day days
kb k kilobyte kilobytes
mb megabyte megabytes
gb gigabyte gigabytes
tb terabyte terabytes
kib
mib
gib
byte bytes
% percent
"""
MEASURES = {
    name: line.split()[0] for line in SPELLINGS.strip().splitlines() for name in line.split()
}
COUNTED = """
token row line file test character request retry record item error failure commit worker thread
connection user entry message process core node step warning column table page event customer
invoice order account
""".split()
PLURALS = {"retry": "retries", "process": "processes", "entry": "entries"}
COUNTS = {name: each for each in COUNTED for name in (each, PLURALS.get(each, f"{each}s"))}
UNITS = {**MEASURES, **COUNTS, "ports": "port"}
CASED = {"KB", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB"}

EXTENSIONS = frozenset(
    """
    py pyi ipynb js mjs cjs jsx ts tsx vue svelte go rs java kt kts scala rb php c h cc cpp hpp cs
    swift m sh bash zsh fish ps1 bat sql md rst txt json jsonl ndjson yaml yml toml ini cfg conf env
    lock xml html htm css scss less csv tsv parquet log proto graphql tf tfvars gradle properties
    png jpg jpeg gif svg pdf zip gz tar tgz whl jar so dll exe pem crt key service db sqlite bak
    patch diff tmpl j2 ex exs erl hs lua pl r jl dart
    """.split()
)
DOMAINS = frozenset(
    """
    com org net edu gov io dev cloud ai internal local corp lan intra example invalid co uk de fr
    eu us jp cn ru ch nl at it es biz tech xyz app top tk info zip ml ga cf gq ws gg cc su br pw
    to site online shop store live link click club icu host space website fun digital systems agency
    """.split()
)
# Of these some are attributes of code too ("logger.info"): what stands before may be left out.
ALIKE = frozenset("app info top zip live link click store host cc to site at it".split())
FOLDERS = frozenset(
    """
    src lib etc usr var tmp bin opt home srv root docs tests test scripts packages cmd pkg internal
    migrations legacy dist node_modules apps
    """.split()
)
# Names with humps that are words of everyone.
PRODUCTS = frozenset(
    """
    GitHub GitLab JavaScript TypeScript CoffeeScript PostgreSQL MySQL NoSQL SQLite MongoDB DynamoDB
    MariaDB CouchDB InfluxDB OpenAI DeepSeek macOS iOS iPhone iPad watchOS YouTube LinkedIn
    WordPress CloudFormation CloudFront CloudWatch CloudTrail OpenAPI OpenSSL OpenSSH OpenTelemetry
    GraphQL WebSocket WebSockets WebAssembly PyPI PyTorch TensorFlow NumPy SciPy RabbitMQ ActiveMQ
    ZeroMQ BitBucket CircleCI TravisCI IntelliJ PyCharm WebStorm VSCode PowerShell NodeJS NextJS
    VueJS ReactJS JUnit NUnit PHPUnit LaTeX BibTeX FastAPI SQLAlchemy ElasticSearch OpenSearch
    BigQuery RedShift DataFrame DataFrames JetBrains DevOps DevTools FreeBSD OpenBSD NetBSD CentOS
    OpenShift HashiCorp StackOverflow DockerHub eBay PayPal WhatsApp TikTok IPv4 IPv6 OAuth WebUI
    McDonald JavaDoc TeamCity CamelCase camelCase PascalCase snake_case UPPER_CASE SaaS PaaS IaaS
    Node.js Next.js Vue.js React.js Express.js D3.js Three.js Nuxt.js ASP.NET socket.io e.g i.e
    TODO.md README.md
    """.split()
)
NO_TICKETS = frozenset(
    """
    UTF SHA ISO RFC AES RSA MD HTTP TLS SSL GPT PEP BASE CRC COVID X86 ARM IEEE US EN MP USB WW ES
    EC OAUTH IPV PY UUID RAID HTML CSS API SOC TOP P
    """.split()
)
WORDS_OF_CODE = frozenset(
    """
    true false none null nil yes no ok todo fixme main master head int str bool float bytes list
    dict set tuple object string number boolean array void self this return async await
    """.split()
)
PROGRAMS = frozenset(
    """
    git gh glab hg svn docker podman kubectl helm terraform tofu ansible ansible-playbook vagrant
    aws gcloud az heroku fly vercel netlify python python3 pip pip3 pipx uv uvx poetry pdm hatch tox
    nox pytest mypy ruff black isort flake8 pylint coverage npm npx yarn pnpm node deno bun tsc
    eslint jest vitest go gofmt cargo rustc rustup mvn gradle java javac dotnet ruby bundle rake gem
    php composer perl make cmake ninja bazel gcc clang curl wget ssh scp rsync sftp nc telnet psql
    mysql sqlite3 redis-cli mongo mongosh pg_dump pg_restore createdb dropdb ls cat cp mv rm rmdir
    mkdir touch ln chmod chown dd find grep rg sed awk jq tar gzip unzip zip kill killall pkill ps
    systemctl service journalctl crontab sudo su bash sh zsh source export env nohup xargs tee head
    tail sort uniq wc diff patch openssl claude ccsup alembic django-admin flask uvicorn gunicorn
    celery brew apt apt-get yum dnf apk shred mkfs truncate shutdown reboot iptables ufw nft eval
    """.split()
)
# Of these no two commands are put together to a third: all of its words must stand together.
PERILOUS = frozenset(
    """
    rm rmdir mv dd kill killall pkill shred mkfs truncate chmod chown sudo su curl wget ssh scp
    rsync sftp nc dropdb shutdown reboot iptables ufw nft eval terraform tofu kubectl helm aws
    gcloud az psql mysql redis-cli mongo mongosh systemctl crontab
    """.split()
)
OBJECTS_OF_SQL = frozenset("table database schema index view role user from into all".split())
VERBS_OF_SQL = frozenset("INSERT UPDATE DELETE DROP ALTER TRUNCATE CREATE GRANT REVOKE".split())
