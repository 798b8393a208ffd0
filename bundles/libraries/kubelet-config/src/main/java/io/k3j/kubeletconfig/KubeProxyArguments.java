package io.k3j.kubeletconfig;

import io.k3j.apimachinery.MergePatch;
import io.k3j.codec.Document;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the file of `--kube-proxy-arg=config` says, a `KubeProxyConfiguration`
/// (<https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/>), as arguments of kube-proxy:
/// `iptables-masquerade-bit=13`. Of fields that are not there upstream's defaults count and not what K3s' arguments
/// say, as upstream, but for `clusterCIDR`.
///
/// Upstream's rules: `mode` says whether the fields of `nftables` or those of `iptables` count; a field that is not
/// known is ignored, of one that is there twice the last counts, both with a warning.
///
/// @param arguments in the order of the fields; those that say what holds anyway are left out
/// @param problems what forbids a start, one sentence each, which names the file
/// @param warnings what is ignored
public record KubeProxyArguments(List<Argument> arguments, List<String> problems, List<String> warnings) {
    private static final String API_VERSION = "kubeproxy.config.k8s.io/v1alpha1";
    private static final String KIND = "KubeProxyConfiguration";
    private static final String HEALTHZ = "healthzBindAddress";
    private static final String METRICS = "metricsBindAddress";
    private static final String MODE = "mode";
    private static final String IPTABLES = "iptables";
    private static final String NFTABLES = "nftables";
    private static final Set<String> MODES = Set.of("", IPTABLES, NFTABLES);

    /// What one field says.
    ///
    /// @param field with dots, as `iptables.masqueradeBit`
    /// @param text without dashes, as `iptables-masquerade-bit=13`
    public record Argument(String field, String text) {
    }

    /// Copies the lists.
    public KubeProxyArguments {
        arguments = List.copyOf(arguments);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /// Reads the file. Blocks for the disk.
    public static KubeProxyArguments read(String file) {
        List<String> problems = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        ConfigFields fields = ConfigFields.ofKubeProxy();
        ConfigKind kind = new ConfigKind(API_VERSION, KIND, "--kube-proxy-arg", fields);
        Optional<Document> document = kind.read(file, problems);
        document.ifPresent(read -> read.duplicates()
                .forEach(twice -> warnings.add(file + ": " + twice + "; the last one counts")));
        // a null stands for what is not there
        Struct said = document.flatMap(read -> kind.said(file, read.object(), problems, warnings))
                .map(object -> MergePatch.apply(Struct.EMPTY, object)).orElse(Struct.EMPTY);
        if (!MODES.contains(said.text(MODE))) {
            problems.add(file + ": " + MODE + "=" + said.text(MODE) + ": there are nftables only; leave it out");
        }
        return new KubeProxyArguments(problems.isEmpty() ? arguments(fields, said) : List.of(), problems, warnings);
    }

    private static List<Argument> arguments(ConfigFields fields, Struct said) {
        Struct all = counting(said);
        List<Argument> arguments = new ArrayList<>();
        for (ConfigField field : fields.all()) {
            Object value = all.at(field.path());
            if (value != null && field.honoured() && !field.type().unset(value) && !field.usual(value)) {
                arguments.add(new Argument(field.name(), field.flag() + "=" + field.type().text(value)));
            }
        }
        return arguments;
    }

    /// The fields that count in this mode, with upstream's defaults where they are other ones than a node's.
    private static Struct counting(Struct said) {
        boolean six = said.text("bindAddress").contains(":");
        Struct defaults = Struct.of(HEALTHZ, six ? "[::]:10256" : "0.0.0.0:10256", METRICS,
                six ? "[::1]:10249" : "127.0.0.1:10249", "conntrack", Struct.of("maxPerCore", 32_768,
                        "tcpEstablishedTimeout", "24h", "tcpCloseWaitTimeout", "1h"));
        Struct told = said.without(said.text(MODE).equals(NFTABLES) ? IPTABLES : NFTABLES);
        for (String address : List.of(HEALTHZ, METRICS)) {
            told = told.text(address).isEmpty() ? told.without(address) : told;
        }
        return MergePatch.apply(defaults, told);
    }
}
