package io.k3j.admissioncore;

import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Has images of pods pulled at each start, so that nobody uses an image of the node without the credentials for it.
/// Only where `--kube-apiserver-arg=enable-admission-plugins` names it. An update without new images is left alone. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#alwayspullimages>.
@Component(service = Admission.class, property = "order:Integer=100", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class AlwaysPullImages implements Admission {
    private static final List<String> CONTAINERS = List.of("containers", "initContainers", "ephemeralContainers");
    private static final String ALWAYS = "Always";
    private static final String POLICY = "imagePullPolicy";
    private final boolean enabled;

    /// Looks at the flag.
    @Activate
    public AlwaysPullImages(AdmissionSettings settings) {
        this(settings.kubeApiserverArg());
    }

    AlwaysPullImages(String... arguments) {
        enabled = OptionalPlugins.enabled(name(), arguments);
    }

    @Override
    public String name() {
        return "AlwaysPullImages";
    }

    @Override
    public boolean handles(Write write) {
        return enabled && WriteAttributes.createsOrUpdates(write, "pods");
    }

    @Override
    public Struct admit(Write write, Struct pod) {
        if (unchanged(write, pod)) {
            return pod;
        }
        Struct spec = pod.struct("spec");
        for (String list : CONTAINERS) {
            spec = spec.has(list) ? spec.with(list, spec.seq(list).mapped(c -> c.with(POLICY, ALWAYS))) : spec;
        }
        Seq volumes = spec.seq("volumes").mapped(
                v -> v.has("image") ? v.with("image", v.struct("image").with("pullPolicy", ALWAYS)) : v);
        return pod.with("spec", spec.has("volumes") ? spec.with("volumes", volumes) : spec);
    }

    @Override
    public void validate(Write write, Struct pod) {
        if (unchanged(write, pod)) {
            return;
        }
        Struct spec = pod.struct("spec");
        List<String> wrong = new ArrayList<>();
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            policies(spec.seq(list).structs().stream().map(c -> c.text(POLICY)).toList(), "spec." + list, POLICY,
                    wrong);
        }
        policies(spec.seq("volumes").structs().stream()
                .map(v -> v.has("image") ? v.struct("image").text("pullPolicy") : ALWAYS).toList(), "spec.volumes",
                "image.pullPolicy", wrong);
        if (!wrong.isEmpty()) {
            throw ApiFault.forbidden(Listers.PODS, write.key().name(),
                    wrong.size() == 1 ? wrong.getFirst() : "[" + String.join(", ", wrong) + "]");
        }
    }

    private static void policies(List<String> policies, String list, String field, List<String> wrong) {
        for (int i = 0; i < policies.size(); i++) {
            if (!policies.get(i).equals(ALWAYS)) {
                wrong.add(list + "[" + i + "]." + field + ": Unsupported value: \"" + policies.get(i)
                        + "\": supported values: \"Always\"");
            }
        }
    }

    private static boolean unchanged(Write write, Struct pod) {
        return write.before().filter(before -> images(before).containsAll(images(pod))).isPresent();
    }

    private static Set<String> images(Struct pod) {
        Set<String> all = new TreeSet<>();
        Struct spec = pod.struct("spec");
        CONTAINERS.forEach(list -> spec.seq(list).structs().forEach(c -> all.add(c.text("image"))));
        spec.seq("volumes").structs().stream().filter(v -> v.has("image"))
                .forEach(v -> all.add(v.struct("image").text("reference")));
        return all;
    }
}
