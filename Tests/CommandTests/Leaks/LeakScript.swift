/// Lines of shell that have the clients do all that they can with secrets, and fail at it in all
/// ways. `$K` begins the names of keys, `$V` is a value, `$P` a password and `$W` a wrong one.
enum LeakScript {
    static let beginning = [
        "vaultctl status", "vaultctl get $K/a",
        "vaultctl init --keyfile wrong-passphrase",
        "vaultctl init --keyfile keyfile --passphrase-file passphrase",
        "vaultctl init --keyfile keyfile --passphrase-file passphrase",
    ]

    static let access = [
        "vaultctl user add root --password-file password", "vaultctl user grant root root",
        "vaultctl user add alice --password-file password",
        "vaultctl user add alice --password-file password",
        "vaultctl user add uid:4711", "vaultctl role add reader",
        "vaultctl role grant reader read $K/ --prefix", "vaultctl user grant alice reader",
        "vaultctl allow uid:4711 get $K/a", "vaultctl allow uid:4711 write $K/ --prefix",
        "vaultctl deny uid:4711 write $K/ --prefix", "vaultctl deny uid:4711 write $K/z",
        "vaultctl can uid:4711 get $K/a", "vaultctl can alice write $K/a",
        "vaultctl policy explain uid:4711 read $K/a", "vaultctl policy explain alice get $K/a",
        "vaultctl user list", "vaultctl user show alice", "vaultctl role list",
        "vaultctl role show reader", "vaultctl login enable", "vaultctl login status",
        "vaultctl user password alice --password-file password",
        "vaultctl user password nobody --password-file wrong-password",
        "vaultctl whoami", "vaultctl --user alice --user-password-file password whoami",
        "etcdctl user add bob:$P", "etcdctl role add writer",
        "etcdctl role grant-permission writer readwrite $K/bob",
        "etcdctl role get reader", "etcdctl user get alice", "etcdctl user list",
        "etcdctl user grant-role bob writer", "etcdctl auth status",
        "etcdctl user grant-role bob $K", "etcdctl user add carol:$P", "etcdctl role get $K",
    ]

    static let values = [
        "vaultctl put $K/a --value-file value", "printf %s $V | vaultctl put $K/b",
        "vaultctl lease grant 600 --id 77", "vaultctl put $K/c --value-file value --lease 77",
        "vaultctl put $K/c --value-file value --lease 99", "vaultctl put $K/d --value-file large",
        "vaultctl put $K/d --value-file nowhere", "vaultctl put $K/d $V", "vaultctl put '' <value",
        "vaultctl get $K/a", "vaultctl get $K/a --raw", "vaultctl get $K/a --revision 99999",
        "vaultctl -o json get $K/a", "vaultctl get $K/nothing", "vaultctl list $K/",
        "vaultctl history $K/a", "vaultctl -o json history $K/a", "vaultctl del $K/b",
        "vaultctl undelete $K/b", "vaultctl undelete $K/a", "vaultctl del $K/nothing",
        "timeout 20 vaultctl watch $K/ --prefix --revision 2 | head -n 3",
        "timeout 20 vaultctl -o json watch $K/ --prefix --revision 2 --previous | head -n 3",
        "vaultctl lease show 77 --keys", "vaultctl lease list",
        "vaultctl lease keep-alive 77 --once",
        "etcdctl put $K/e $V", "etcdctl put $K/e $V --prev-kv", "etcdctl put $K/e $V --lease=1234",
        "etcdctl get $K --prefix", "etcdctl get $K/e -w json", "etcdctl get $K/e -w fields",
        "etcdctl get $K/e --rev=99999", "etcdctl put $K/f $V --lease=4d", "etcdctl put $K/f <large",
        "etcdctl del $K/e --prev-kv", "timeout 20 etcdctl watch $K --prefix --rev=2 | head -n 4",
        #"printf 'value("%s/a") = "%s"\n\nput %s/g %s\nget %s/a\n\nput %s/g no\n\n' "#
            + "$K $V $K $V $K $K | etcdctl txn",
        #"printf 'value("%s/a") = "%s"\n\nput %s/g %s\nput %s/g %s\n\n\n' "#
            + "$K $V $K $V $K $V | etcdctl txn",
        "etcdctl lease timetolive 4d --keys", "etcdctl lock $K/lock echo $V",
        "timeout 5 etcdctl elect $K/leader $V | head -n 2", "etcdctl compaction 99999",
        "etcdctl endpoint status", "etcdctl endpoint hashkv", "etcdctl member list",
        "etcdctl alarm list", "etcdctl snapshot save copy", "etcdctl defrag",
    ]

    static let refusals = [
        "vaultctl --user alice --user-password-file wrong-password get $K/a",
        "vaultctl --user nobody --user-password-file password get $K/a",
        "vaultctl --user alice:$P get $K/a",
        "vaultctl --user alice --user-password-file password get $K/a",
        "vaultctl --user alice --user-password-file password put $K/a --value-file value",
        "vaultctl --user alice --user-password-file password user password root "
            + "--password-file password",
        "etcdctl --user alice:$P get $K/a", "etcdctl --user alice:$W get $K/a",
        "etcdctl --user alice:$P put $K/a $V", "etcdctl --user bob:$P put $K/bob $V",
        "etcdctl --user bob:$P put $K/a $V", "etcdctl --user $K:$P get $K/a",
        "etcdctl --user bob:$P user passwd root --interactive=false <wrong-password",
        #"printf 'value("%s/a") = "%s"\n\nput %s/g %s\n\n\n' "#
            + "$K $V $K $V | etcdctl --user bob:$P txn",
        "timeout 2 etcdctl --user bob:$P watch $K --prefix",
    ]

    static let sealed = [
        "vaultctl seal", "vaultctl get $K/a", "vaultctl put $K/a --value-file value",
        "etcdctl put $K/a $V --command-timeout=300ms",
        "etcdctl --user alice:$P get $K/a --command-timeout=300ms",
        "vaultctl unseal --passphrase-file wrong-passphrase",
        "vaultctl unseal --keyfile wrong-keyfile", "vaultctl unseal --keyfile value",
        "vaultctl unseal --passphrase-file passphrase", "vaultctl seal",
        "vaultctl unseal --keyfile keyfile", "vaultctl get $K/a",
    ]

    static let end = [
        "vaultctl audit status", "vaultctl audit hash $K/a", "vaultctl audit tail -n 500",
        "vaultctl audit tail --key $K/a -o json", "vaultctl audit resume",
        "vaultctl lease revoke 77", "vaultctl compact 5", "vaultctl defragment",
        "vaultctl role revoke reader $K/ --prefix", "vaultctl user delete alice",
        "vaultctl login disable", "vaultctl del $K/ --prefix --yes",
    ]

    static let all = beginning + access + values + refusals + sealed + end
}
