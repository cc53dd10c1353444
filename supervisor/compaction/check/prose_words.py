"""prose_words: how words stand in commands and in plain speech."""

from __future__ import annotations

import re

# Behind the name of a program, any of these goes on with a sentence and not with a command.
PROSE = frozenset(
    """
    a an the this that these those it its they them their he she his her we you your our my one all
    any each every no none not never both some many more most few other another same such and or
    but nor so if then else than as at by for from in into of off on onto out over to under until
    up upon via with within without about above across after again against along already also
    although always among around because before behind below between beyond down during ever here
    how instead just last later least less like may might must next now often once only per rather
    since soon still there through throughout today together tomorrow too towards twice when
    where whether which while who whose why will would yet can could should shall is are was were be
    been being am do does did done has have had having first second third new old main right wrong
    ran run runs ends end ended gave gives give got gets went goes came comes took takes take made
    makes make found finds sees saw shows show showed said says say told tells tell kept keeps keep
    left leaves leave let lets put puts set sets broke breaks break fails fail failure failures
    works work worked passes pass hangs hung dies died stands stood stops stop starts start began
    begins wrote writes reads read needs need wants want asks ask means meant knows knew holds held
    returns return prints print exits exit seems seem looks look became becomes stays stay
    green red fine ok okay well good bad slow fast forbidden sure available possible necessary
    afterwards anymore anyway below directly elsewhere either neither itself myself yourself
    command commands call calls script scripts job jobs step steps error errors warning warnings
    output outputs result results process processes test tests suite suites file files log logs
    key keys client clients server servers service services session sessions connection connections
    request requests access rights right permission permissions option options flag flags argument
    arguments version versions release releases history hook hooks config configuration settings
    support integration plugin plugins package packages module modules library libraries binary
    tool tools user users group groups name names path paths line lines code codes image images
    container containers cluster clusters repo repository branch branches commits tag tags message
    messages prompt prompts problem problems bug bugs fix fixes change changes part parts way time
    times page pages attempt attempts invocation invocations instance instances
    und oder ist war et est le la les der die das ein eine de un una y es con
    """.split()
)
DETERMINERS = frozenset(
    """
    the a an this that these those each every any no its his her our their my your last latest
    previous first next one another some of
    """.split()
)
ENDINGS = re.compile(r"[a-z]{2,}(?:ed|ing|ly)")
STRUCTURED = re.compile(r"[^\s]*(?:[/$*@~\\]|::|=|\w\.\w|^-)[^\s]*")
NUMERIC = re.compile(r"v?\d[\d.,:%]*(?:st|nd|rd|th|x|ms|s|k)?")

# What such programs do only with one of these behind their names.
VERBS = {
    name: frozenset(verbs.split())
    for names, verbs in (
        (
            "git gh glab hg svn",
            "push pull commit reset checkout clean rebase merge clone fetch add rm mv stash tag"
            " restore revert switch cherry-pick remote filter-branch filter-repo config init apply"
            " am submodule worktree gc reflog update-ref branch pr repo release",
        ),
        (
            "npm yarn pnpm bun pip pip3 pipx uv poetry pdm hatch conda gem bundle cargo brew apt"
            " apt-get yum dnf apk composer",
            "i install add remove uninstall update upgrade publish ci exec x dlx create link unlink"
            " run build sync purge autoremove yank login deprecate unpublish",
        ),
        (
            "kubectl helm oc",
            "delete apply get create exec scale rollout drain cordon uncordon patch edit replace"
            " set cp port-forward logs describe install upgrade uninstall rollback label annotate",
        ),
        (
            "docker podman docker-compose",
            "run rm rmi exec build push pull stop kill compose system volume network login cp"
            " start restart prune up down",
        ),
        ("terraform tofu", "apply destroy plan init import taint state workspace refresh"),
        ("ansible ansible-playbook vagrant", "up destroy halt provision ssh"),
        (
            "aws gcloud az heroku fly vercel netlify",
            "s3 s3api ec2 iam rds lambda ecs eks sts ssm sqs sns dynamodb cloudformation route53"
            " kms secretsmanager logs configure compute projects container sql storage vm aks"
            " group deploy destroy apps launch",
        ),
        (
            "systemctl service",
            "start stop restart reload enable disable mask unmask daemon-reload",
        ),
        ("make ninja rake gradle mvn", ""),
    )
    for name in names.split()
}  # fmt: skip
# With one of these a plain word behind is an argument, and the peril.
STRICT = frozenset(
    """
    rm rmdir mv dd killall pkill shred mkfs chmod chown sudo curl wget ssh scp rsync sftp dropdb
    createdb pg_restore iptables ufw nft npx uvx crontab
    push reset clean rebase filter-branch filter-repo clone remote update-ref
    i install add remove uninstall publish exec dlx x unpublish
    delete apply destroy scale drain uninstall rollback replace patch rollout
    rmi kill prune pull run build import s3 ec2 iam rds restart stop disable mask
    """.split()
)
NOUNS = frozenset(  # behind an article, these are no orders
    """
    commit branch tag stash config remote merge rebase run push install build plan release update
    clone fetch pull exec image reset checkout worktree submodule pr repo upgrade get set logs
    group service login patch
    """.split()
)
SCRIPTED = frozenset("python python3 bash sh zsh node deno bun ruby perl php npx uvx cat".split())
TARGETS = frozenset(
    """
    deploy install clean release publish distclean migrate destroy uninstall upgrade rollback
    """.split()
)
LEADS = frozenset("run runs execute executes executing invoke type issue".split())
JOINTS = frozenset(  # a clause ends before these
    """
    and then but because which so when after before if is was are were has had will would should
    failed worked passed gave succeeded as while until unless
    """.split()
)
FILES = (
    "Makefile|Dockerfile|Jenkinsfile|Procfile|Vagrantfile|Gemfile|Rakefile|Brewfile|Justfile"
    "|Containerfile|Tiltfile|CODEOWNERS"
)
NO_FILES = frozenset(
    """
    system systems size sizes handle handles handling descriptor descriptors upload uploads download
    type types format formats list lists server store storage access locking lock locks watcher
    transfer extension extensions operation operations content contents header headers loading
    parser parsing reading writing tree manager cache by there itself too mode modes permissions
    object objects ending endings changed exists existed belongs does contains contain
    """.split()
)
NO_HOSTS = frozenset(
    """
    localhost production staging database server host port remote internet network service socket
    cluster master replica peer proxy backend frontend container machine home everything something
    anything upstream main origin reality people someone others nothing data
    """.split()
)


def is_prose(word: str) -> bool:
    """Whether a word behind a command's words is one of a sentence."""
    return word.lower() in PROSE or ENDINGS.fullmatch(word) is not None


def is_structured(word: str) -> bool:
    """Whether a word can be nothing of plain speech: a path, a flag, a script."""
    return STRUCTURED.fullmatch(word) is not None and not NUMERIC.fullmatch(word)
