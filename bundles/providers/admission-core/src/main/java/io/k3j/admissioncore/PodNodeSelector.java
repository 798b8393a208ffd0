package io.k3j.admissioncore;

import io.k3j.admissionkit.NodeSelectors;
import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.admissionkit.PluginConfiguration;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Has the pods of a namespace run on the nodes that its annotation `scheduler.alpha.kubernetes.io/node-selector` or
/// the cluster's default selects, and refuses pods that want others. Only where
/// `--kube-apiserver-arg=enable-admission-plugins` names it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#podnodeselector>.
@Component(service = Admission.class, property = "order:Integer=130", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PodNodeSelector implements Admission {
    private static final String NAME = "PodNodeSelector";
    private static final String ANNOTATION = "scheduler.alpha.kubernetes.io/node-selector";
    private final boolean enabled;
    private final Listers listers;
    private final NodeSelectors selectors;

    /// Looks at the flags.
    /// @throws IllegalArgumentException for a wrong section in `admission-control-config-file`
    @Activate
    public PodNodeSelector(AdmissionSettings settings, @Reference Listers listers) {
        this(listers, settings.kubeApiserverArg());
    }

    PodNodeSelector(Listers listers, String... arguments) {
        this.listers = listers;
        this.enabled = OptionalPlugins.enabled(NAME, arguments);
        this.selectors = PluginConfiguration.of(NAME, NodeSelectors::of, arguments).orElse(NodeSelectors.NONE);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean handles(Write write) {
        return enabled && WriteAttributes.creates(write, "pods");
    }

    @Override
    public Struct admit(Write write, Struct pod) {
        Struct admitted = pod;
        for (Map.Entry<String, String> label : wanted(write, pod).entrySet()) {
            admitted = admitted.withAt(label.getValue(), "spec", "nodeSelector", label.getKey());
        }
        return admitted;
    }

    @Override
    public void validate(Write write, Struct pod) {
        wanted(write, pod);
        Map<String, String> only = selectors.byNamespace().getOrDefault(write.key().namespace(), Map.of());
        Map<String, String> chosen = pod.struct("spec").struct("nodeSelector").texts();
        if (!only.isEmpty() && !only.entrySet().containsAll(chosen.entrySet())) {
            throw refused(write, "pod node label selector labels conflict with its namespace whitelist");
        }
    }

    /// The labels of the namespace's selector.
    /// @throws ApiFault 403 when the pod selects other values
    private Map<String, String> wanted(Write write, Struct pod) {
        Map<String, String> wanted = ofNamespace(write);
        Struct chosen = pod.struct("spec").struct("nodeSelector");
        boolean conflicts = wanted.entrySet().stream()
                .anyMatch(l -> chosen.has(l.getKey()) && !chosen.text(l.getKey()).equals(l.getValue()));
        if (conflicts) {
            throw refused(write, "pod node label selector conflicts with its namespace node label selector");
        }
        return wanted;
    }

    /// An annotation that is empty says that the namespace has none, not even the cluster's.
    private Map<String, String> ofNamespace(Write write) {
        String name = write.key().namespace();
        Obj namespace = listers.namespace(name).orElseThrow(() -> ApiFault.notFound(Listers.NAMESPACES, name));
        Optional<String> own = Optional.ofNullable(namespace.annotations().get(ANNOTATION));
        try {
            return own.map(s -> NodeSelectors.labels("annotation " + ANNOTATION + " of namespace " + name, s))
                    .orElse(selectors.otherwise());
        } catch (IllegalArgumentException e) {
            throw refused(write, String.valueOf(e.getMessage()));
        }
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(Listers.PODS, write.key().name(), why);
    }
}
