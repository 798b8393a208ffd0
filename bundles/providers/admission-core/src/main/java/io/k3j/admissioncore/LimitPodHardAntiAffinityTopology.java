package io.k3j.admissioncore;

import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Refuses pods whose required anti-affinity is about more than single nodes: such a pod keeps others out of a whole
/// zone. Only where `--kube-apiserver-arg=enable-admission-plugins` names it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#limitpodhardantiaffinitytopology>.
@Component(service = Admission.class, property = "order:Integer=50", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class LimitPodHardAntiAffinityTopology implements Admission {
    private static final String HOST = "kubernetes.io/hostname";
    private final boolean enabled;

    /// Looks at the flag.
    @Activate
    public LimitPodHardAntiAffinityTopology(AdmissionSettings settings) {
        this(settings.kubeApiserverArg());
    }

    LimitPodHardAntiAffinityTopology(String... arguments) {
        enabled = OptionalPlugins.enabled(name(), arguments);
    }

    @Override
    public String name() {
        return "LimitPodHardAntiAffinityTopology";
    }

    @Override
    public boolean handles(Write write) {
        return enabled && WriteAttributes.createsOrUpdates(write, "pods");
    }

    @Override
    public void validate(Write write, Struct pod) {
        Struct affinity = pod.struct("spec").struct("affinity").struct("podAntiAffinity");
        for (Struct term : affinity.seq("requiredDuringSchedulingIgnoredDuringExecution").structs()) {
            String key = term.text("topologyKey");
            if (!key.equals(HOST)) {
                throw ApiFault.forbidden(Listers.PODS, write.key().name(),
                        "affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey " + key + " but only key "
                                + HOST + " is allowed");
            }
        }
    }
}
