package io.k3j.admissioncore;

import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Lets pods that ask for an extended resource onto nodes that are tainted with its name. Only where
/// `--kube-apiserver-arg=enable-admission-plugins` names it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#extendedresourcetoleration>.
@Component(service = Admission.class, property = "order:Integer=180", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ExtendedResourceToleration implements Admission {
    private static final String NATIVE = "kubernetes.io/";
    private final boolean enabled;

    /// Looks at the flag.
    @Activate
    public ExtendedResourceToleration(AdmissionSettings settings) {
        this(settings.kubeApiserverArg());
    }

    ExtendedResourceToleration(String... arguments) {
        enabled = OptionalPlugins.enabled(name(), arguments);
    }

    @Override
    public String name() {
        return "ExtendedResourceToleration";
    }

    @Override
    public boolean handles(Write write) {
        return enabled && WriteAttributes.createsOrUpdates(write, "pods");
    }

    @Override
    public Struct admit(Write write, Struct pod) {
        Struct spec = pod.struct("spec");
        Set<String> resources = new TreeSet<>();
        for (String list : List.of("containers", "initContainers")) {
            spec.seq(list).structs().forEach(
                    c -> c.struct("resources").struct("requests").names().stream().filter(
                            ExtendedResourceToleration::extended).forEach(resources::add));
        }
        Seq tolerations = spec.seq("tolerations");
        for (String resource : resources) {
            Struct wanted = Struct.of("key", resource, "operator", "Exists", "effect", "NoSchedule");
            boolean there = tolerations.structs().stream().anyMatch(t -> t.text("key").equals(resource)
                    && t.text("operator").equals("Exists") && t.text("effect").equals("NoSchedule")
                    && t.text("value").isEmpty());
            tolerations = there ? tolerations : tolerations.plus(wanted);
        }
        return resources.isEmpty() ? pod : pod.withAt(tolerations, "spec", "tolerations");
    }

    private static boolean extended(String resource) {
        return resource.contains("/") && !resource.contains(NATIVE) && !resource.startsWith("requests.");
    }
}
