package io.k3j.workloadrules;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Upstream's warnings for pods and templates. Pure.
final class PodWarnings {
    private static final Map<String, String> OLD_LABELS = oldLabels();

    private PodWarnings() {
    }

    private static Map<String, String> oldLabels() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("beta.kubernetes.io/os", "kubernetes.io/os");
        map.put("beta.kubernetes.io/arch", "kubernetes.io/arch");
        map.put("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region");
        map.put("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone");
        map.put("beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type");
        return map;
    }

    /// The warnings of a pod spec at `path`.
    static List<String> of(Struct spec, Struct metadata, String path) {
        List<String> all = new ArrayList<>();
        spec.struct("nodeSelector").texts().keySet().forEach(key -> {
            if (OLD_LABELS.containsKey(key)) {
                all.add(path + ".nodeSelector[" + key + "]: deprecated since v1.14; use \"" + OLD_LABELS.get(key)
                        + "\" instead");
            }
        });
        annotations(metadata, path, all);
        for (String list : List.of("initContainers", "containers")) {
            Seq containers = spec.seq(list);
            for (int i = 0; i < containers.size(); i++) {
                duplicates(containers.struct(i), path + "." + list + "[" + i + "]", all);
            }
        }
        if (spec.whole("terminationGracePeriodSeconds", 0) < 0) {
            all.add(path + ".terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be"
                    + " treated as 1");
        }
        return all;
    }

    private static void annotations(Struct metadata, String path, List<String> all) {
        String meta = path.endsWith("template.spec") ? path.substring(0, path.length() - 4) + "metadata" : "metadata";
        for (String key : metadata.struct("annotations").texts().keySet()) {
            if (key.startsWith("seccomp.security.alpha.kubernetes.io/pod")
                    || key.startsWith("container.seccomp.security.alpha.kubernetes.io/")) {
                all.add(meta + ".annotations[" + key + "]: non-functional in v1.27+; use the \"seccompProfile\" field"
                        + " instead");
            } else if (key.startsWith("container.apparmor.security.beta.kubernetes.io/")) {
                all.add(meta + ".annotations[" + key + "]: deprecated since v1.30; use the \"appArmorProfile\" field"
                        + " instead");
            }
        }
    }

    private static void duplicates(Struct container, String path, List<String> all) {
        Seq env = container.seq("env");
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < env.size(); i++) {
            String name = env.struct(i).text("name");
            if (seen.contains(name)) {
                all.add(path + ".env[" + i + "]: hides previous definition of \"" + name
                        + "\", which may be dropped when using apply");
            }
            seen.add(name);
        }
    }
}
