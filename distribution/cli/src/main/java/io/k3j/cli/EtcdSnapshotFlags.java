package io.k3j.cli;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The flags of `k3s etcd-snapshot`: K3s' names, each also with the name the server's flag has, and those of them that
/// stand in the configuration file.
final class EtcdSnapshotFlags {
    static final String USAGE = "use: k3s etcd-snapshot save [--name=NAME] | ls [-o json|yaml] | delete NAME … | prune"
            + " [--name=PREFIX]\n  for all: --etcd-server (-s), --etcd-token (-t), --data-dir (-d), --dir,"
            + " --snapshot-compress, --snapshot-retention, --node-name, --config (-c),\n  --s3 with --s3-endpoint,"
            + " --s3-endpoint-ca, --s3-skip-ssl-verify, --s3-access-key, --s3-secret-key, --s3-session-token,\n"
            + "  --s3-bucket, --s3-bucket-lookup-type, --s3-region, --s3-folder, --s3-retention, --s3-proxy,"
            + " --s3-config-secret, --s3-insecure, --s3-timeout";
    /// Flags of S3 to the fields of the request.
    private static final Map<String, String> S3 = Map.ofEntries(Map.entry("s3-endpoint", "endpoint"),
            Map.entry("s3-endpoint-ca", "endpointCA"), Map.entry("s3-access-key", "accessKey"),
            Map.entry("s3-secret-key", "secretKey"), Map.entry("s3-session-token", "sessionToken"),
            Map.entry("s3-bucket", "bucket"), Map.entry("s3-bucket-lookup-type", "bucketLookup"),
            Map.entry("s3-region", "region"), Map.entry("s3-folder", "folder"), Map.entry("s3-proxy", "proxy"),
            Map.entry("s3-config-secret", "configSecret"), Map.entry("s3-timeout", "timeout"));
    private static final Map<String, String> S3_SWITCHES = Map.of("s3-skip-ssl-verify", "skipSSLVerify",
            "s3-insecure", "insecure");
    private static final Map<String, String> VARIABLES = Map.of("s3-access-key", "AWS_ACCESS_KEY_ID", "s3-secret-key",
            "AWS_SECRET_ACCESS_KEY", "s3-session-token", "AWS_SESSION_TOKEN");
    /// Of the schedule.
    private static final Set<String> NOT_OF_A_SAVE = Set.of("etcd-snapshot-retention", "etcd-s3-retention");
    private static final Set<String> FROM_FILE = Set.of("data-dir", "node-name", "etcd-server", "etcd-token");

    private EtcdSnapshotFlags() {
    }

    /// What the command takes.
    static Words.Form form() {
        Map<String, String> aliases = new HashMap<>(Map.of("etcd-server", "server", "s", "server", "etcd-token",
                "token", "t", "token", "d", "data-dir", "c", "config", "o", "output", "h", "help", "l", "log"));
        aliases.put("etcd-snapshot-dir", "dir");
        aliases.put("etcd-snapshot-compress", "snapshot-compress");
        aliases.put("etcd-snapshot-retention", "snapshot-retention");
        aliases.put("etcd-snapshot-name", "name");
        aliases.put("etcd-s3", "s3");
        Set<String> valued = new HashSet<>(Set.of("server", "token", "data-dir", "config", "output", "log", "dir",
                "name", "snapshot-retention", "node-name", "s3-retention"));
        valued.addAll(S3.keySet());
        Set<String> switches = new HashSet<>(Set.of("snapshot-compress", "s3", "debug", "alsologtostderr", "help"));
        switches.addAll(S3_SWITCHES.keySet());
        for (String name : List.copyOf(valued)) {
            aliases.put("etcd-" + name, aliases.getOrDefault("etcd-" + name, name));
        }
        S3_SWITCHES.keySet().forEach(name -> aliases.put("etcd-" + name, name));
        return new Words.Form(USAGE, aliases, valued, switches);
    }

    /// The words that are no flags.
    static List<String> plain(List<String> arguments) {
        return Words.of(arguments, form()).plain();
    }

    /// What was typed, before it what the configuration file says about the same.
    /// @param operation what is to be done: a save by hand keeps to no retention of the schedule
    static Words words(String operation, List<String> arguments, Host host) {
        Words.Form form = form();
        Words typed = Words.of(arguments, form);
        String file = typed.text("config",
                host.environment().getOrDefault("K3S_CONFIG_FILE", "/etc/rancher/k3s/config.yaml"));
        List<String> all = new ArrayList<>();
        ConfigFiles.read(file, !typed.text("config", "").isEmpty()).keys().forEach((key, values) -> {
            // the name of scheduled snapshots is not that of those taken by hand
            boolean ours = FROM_FILE.contains(key) || key.startsWith("etcd-s3")
                    || key.startsWith("etcd-snapshot-") && form.aliases().containsKey(key)
                            && !key.equals("etcd-snapshot-name");
            boolean scheduled = operation.equals("save") && NOT_OF_A_SAVE.contains(key);
            if (!ours || scheduled || values.isEmpty()) {
                return;
            }
            boolean on = form.switches().contains(form.aliases().getOrDefault(key, key));
            String value = on ? values.getLast().switched() : values.getLast().text();
            if (!value.isEmpty() || !key.equals("data-dir")) {
                all.add("--" + key + "=" + value);
            }
        });
        all.addAll(arguments);
        return Words.of(all, form);
    }

    /// A flag's number.
    static long number(String flag, Words words) {
        try {
            return Long.parseLong(words.text(flag, ""));
        } catch (NumberFormatException e) {
            throw new UsageFailure("--" + flag + " " + words.text(flag, "") + ": a whole number is wanted");
        }
    }

    /// S3's part of the request.
    static Struct s3(Words words, Host host) {
        Struct.Builder body = Struct.builder();
        S3.forEach((flag, field) -> body.putUnlessEmpty(field, words.text(flag,
                host.environment().getOrDefault(VARIABLES.getOrDefault(flag, ""), ""))));
        S3_SWITCHES.forEach((flag, field) -> body.put(field, words.on(flag)));
        if (!words.text("s3-retention", "").isEmpty()) {
            body.put("retention", number("s3-retention", words));
        }
        return body.build();
    }
}
