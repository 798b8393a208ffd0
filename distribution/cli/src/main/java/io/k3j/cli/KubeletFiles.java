package io.k3j.cli;

import io.k3j.kubeletconfig.KubeletArguments;
import io.k3j.kubeletconfig.KubeletConfigDirectory;
import io.k3j.kubeletconfig.KubeletDefaults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Puts what the kubelet's configuration files say before what `--kubelet-arg` says, so that flags prevail and nobody
/// else needs to know of the files.
final class KubeletFiles {
    private static final String ARGUMENTS = "kubeletArg";
    private static final String KERNEL = "protect-kernel-defaults";
    private static final String GATES = "feature-gates";
    /// Up to its value.
    private static final int PREFIX = (KERNEL + "=").length();

    private KubeletFiles() {
    }

    /// @param settings with defaults; `kubeletArg` is replaced
    /// @param warnings where more of them are added
    /// @return what is wrong with the files
    static List<String> fill(Map<String, Object> settings, List<String> warnings) {
        if (Boolean.TRUE.equals(settings.get("disableAgent"))) {
            return List.of();
        }
        List<String> flags = list(settings, ARGUMENTS);
        Path dataDir = Path.of((String) settings.get("dataDir")).toAbsolutePath().normalize();
        KubeletDefaults defaults = new KubeletDefaults(dataDir, list(settings, "nodeIp"), List.of(), "", "",
                list(settings, "nodeTaint"));
        KubeletArguments files = KubeletArguments.read(KubeletConfigDirectory.of(dataDir, flags), defaults);
        Set<String> given = new HashSet<>();
        flags.forEach(flag -> given.add(name(flag)));
        List<String> all = new ArrayList<>(files.arguments());
        all.removeIf(argument -> given.contains(name(argument)) && !name(argument).equals(GATES));
        all.addAll(flags);
        gates(all);
        if (!all.isEmpty()) {
            settings.put(ARGUMENTS, all.toArray(String[]::new));
        }
        warnings.addAll(files.warnings());
        List<String> problems = new ArrayList<>(files.problems());
        kernel(settings, all).ifPresent(problems::add);
        return problems;
    }

    /// Gates of files stay as far as no flag names them, as upstream's: one argument has them all, those of flags last.
    private static void gates(List<String> arguments) {
        List<String> values = arguments.stream().filter(argument -> argument.startsWith(GATES + "="))
                .map(argument -> argument.substring(GATES.length() + 1)).toList();
        if (values.size() > 1) {
            arguments.removeIf(argument -> name(argument).equals(GATES));
            arguments.add(GATES + "=" + String.join(",", values));
        }
    }

    /// The last value counts, as with every flag of the kubelet; without one it is true.
    ///
    /// @return what is wrong with it
    private static Optional<String> kernel(Map<String, Object> settings, List<String> arguments) {
        Optional<String> value = arguments.stream().filter(argument -> name(argument).equals(KERNEL))
                .reduce((_, last) -> last).map(last -> last.equals(KERNEL) ? "true" : last.substring(PREFIX));
        if (value.flatMap(TypeCheck::bool).orElse(false)) {
            settings.put("protectKernelDefaults", true);
        }
        return value.filter(text -> TypeCheck.bool(text).isEmpty())
                .map(text -> "invalid value \"" + text + "\" for --kubelet-arg=" + KERNEL
                        + ": it must be true or false");
    }

    private static String name(String argument) {
        int eq = argument.indexOf('=');
        return eq < 0 ? argument : argument.substring(0, eq);
    }

    private static List<String> list(Map<String, Object> settings, String key) {
        return settings.get(key) instanceof String[] values ? List.of(values) : List.of();
    }
}
