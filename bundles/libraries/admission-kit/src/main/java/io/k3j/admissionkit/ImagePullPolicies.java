package io.k3j.admissionkit;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Whether images of pods are pulled at each start: those of containers and of volumes. Pure.
public final class ImagePullPolicies {
    private static final List<String> CONTAINERS = List.of("containers", "initContainers", "ephemeralContainers");
    private static final String ALWAYS = "Always";
    private static final String POLICY = "imagePullPolicy";

    private ImagePullPolicies() {
    }

    /// A pod whose images are all pulled at each start.
    public static Struct always(Struct pod) {
        Struct spec = pod.struct("spec");
        for (String list : CONTAINERS) {
            spec = spec.has(list) ? spec.with(list, spec.seq(list).mapped(c -> c.with(POLICY, ALWAYS))) : spec;
        }
        Seq volumes = spec.seq("volumes").mapped(
                v -> v.has("image") ? v.with("image", v.struct("image").with("pullPolicy", ALWAYS)) : v);
        return pod.with("spec", spec.has("volumes") ? spec.with("volumes", volumes) : spec);
    }

    /// What is not pulled at each start, in upstream's words.
    public static List<String> problems(Struct pod) {
        Struct spec = pod.struct("spec");
        List<String> wrong = new ArrayList<>();
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            policies(spec.seq(list).structs().stream().map(c -> c.text(POLICY)).toList(), "spec." + list, POLICY,
                    wrong);
        }
        policies(spec.seq("volumes").structs().stream()
                .map(v -> v.has("image") ? v.struct("image").text("pullPolicy") : ALWAYS).toList(), "spec.volumes",
                "image.pullPolicy", wrong);
        return wrong;
    }

    private static void policies(List<String> policies, String list, String field, List<String> wrong) {
        for (int i = 0; i < policies.size(); i++) {
            if (!policies.get(i).equals(ALWAYS)) {
                wrong.add(list + "[" + i + "]." + field + ": Unsupported value: \"" + policies.get(i)
                        + "\": supported values: \"Always\"");
            }
        }
    }

    /// The images of a pod.
    public static Set<String> images(Struct pod) {
        Set<String> all = new TreeSet<>();
        Struct spec = pod.struct("spec");
        CONTAINERS.forEach(list -> spec.seq(list).structs().forEach(c -> all.add(c.text("image"))));
        spec.seq("volumes").structs().stream().filter(v -> v.has("image"))
                .forEach(v -> all.add(v.struct("image").text("reference")));
        return all;
    }
}
