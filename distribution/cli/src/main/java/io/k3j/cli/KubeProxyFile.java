package io.k3j.cli;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.kubeletconfig.KubeProxyArguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Puts what the file of `--kube-proxy-arg=config` says in place of kube-proxy's other arguments, those of K3s among
/// them, so that nobody else needs to know of the file. Upstream's rule: beside a file only the name of the node and
/// what is about the log count of flags, and prevail.
final class KubeProxyFile {
    private static final String FLAG = "kube-proxy-arg";
    private static final String KEY = "kubeProxyArg";
    private static final String CONFIG = "config";
    private static final String NAME = "hostname-override";
    private static final String FORMAT = "logging-format";
    private static final Set<String> PREVAILING = Set.of(CONFIG, NAME, FORMAT);

    private KubeProxyFile() {
    }

    /// @param settings with defaults; `kubeProxyArg` is replaced where there is a file
    /// @param given all of `--kube-proxy-arg`
    /// @param warnings where more of them are added
    /// @return what is wrong with the file
    static List<String> fill(Map<String, Object> settings, List<Setting> given, List<String> warnings) {
        String file = file(given);
        if (file.isEmpty() || Boolean.TRUE.equals(settings.get("disableAgent"))
                || Boolean.TRUE.equals(settings.get("disableKubeProxy"))) {
            return List.of();
        }
        KubeProxyArguments read = KubeProxyArguments.read(file);
        warnings.addAll(read.warnings());
        List<String> problems = new ArrayList<>(read.problems());
        List<Setting> flags = given.stream().filter(s -> PREVAILING.contains(name(s))).toList();
        List<String> all = new ArrayList<>();
        for (KubeProxyArguments.Argument argument : read.arguments()) {
            Setting said = new Setting(given.getFirst().flag(), argument.text(), file + ": " + argument.field());
            if (name(said).equals(NAME)) {
                warnings.add(said.where() + " has no effect: K3s gives kube-proxy the name of the node, which prevails"
                        + " as upstream; use --node-name, or --" + FLAG + "=" + said.value());
            } else if (!ComponentVerbosity.is(said.flag(), said.value()) && !isAmong(flags, FORMAT, said)) {
                Optional<String> problem = Support.problem(said);
                problem.ifPresentOrElse(problems::add, () -> all.add(said.value()));
                warnings.addAll(problem.isEmpty() ? Support.notes(List.of(said)) : List.of());
            }
        }
        flags.forEach(flag -> all.add(bare(flag)));
        settings.put(KEY, all.toArray(String[]::new));
        warnings.addAll(ignored(given, file));
        return problems;
    }

    /// Upstream's kube-proxy says nothing of them; here no flag is ignored in silence.
    private static List<String> ignored(List<Setting> given, String file) {
        return given.stream()
                .filter(s -> Support.taken(s) && !PREVAILING.contains(name(s)))
                .map(s -> "--" + FLAG + "=" + bare(s) + " (" + s.where() + ") has no effect beside --" + FLAG + "="
                        + CONFIG + ", as upstream; say it in " + file)
                .toList();
    }

    /// What the file says of the levels of the log, as arguments: `v=4`, `vmodule=kubeproxy=4`. What is wrong with it
    /// [#fill] tells.
    static List<String> levels(List<Setting> given) {
        String file = file(given);
        return file.isEmpty() ? List.of() : KubeProxyArguments.read(file).arguments().stream()
                .map(KubeProxyArguments.Argument::text)
                .filter(text -> ComponentVerbosity.is(given.getFirst().flag(), text)).toList();
    }

    /// The file that counts; empty when there is none.
    private static String file(List<Setting> given) {
        boolean here = !given.isEmpty() && given.getFirst().flag().name().equals(FLAG);
        return here ? new ComponentArguments("--" + FLAG, given.stream().map(KubeProxyFile::bare).toList())
                .value(CONFIG).orElse("") : "";
    }

    private static boolean isAmong(List<Setting> flags, String name, Setting said) {
        return name(said).equals(name) && flags.stream().anyMatch(flag -> name(flag).equals(name));
    }

    private static String name(Setting setting) {
        String bare = bare(setting);
        int eq = bare.indexOf('=');
        return eq < 0 ? bare : bare.substring(0, eq);
    }

    private static String bare(Setting setting) {
        return setting.flag().bare(setting.value().strip());
    }
}
