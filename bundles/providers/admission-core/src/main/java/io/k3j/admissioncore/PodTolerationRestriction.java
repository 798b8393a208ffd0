package io.k3j.admissioncore;

import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.admissionkit.PluginConfiguration;
import io.k3j.admissionkit.TolerationLists;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Gives pods the tolerations of their namespace, and refuses those that it does not allow. Only where
/// `--kube-apiserver-arg=enable-admission-plugins` names it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#podtolerationrestriction>.
@Component(service = Admission.class, property = "order:Integer=160", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PodTolerationRestriction implements Admission {
    private static final String NAME = "PodTolerationRestriction";
    private static final String DEFAULTS = "scheduler.alpha.kubernetes.io/defaultTolerations";
    private static final String WHITELIST = "scheduler.alpha.kubernetes.io/tolerationsWhitelist";
    private static final Struct MEMORY = Struct.of("key", "node.kubernetes.io/memory-pressure", "operator", "Exists",
            "effect", "NoSchedule");
    private final boolean enabled;
    private final Listers listers;
    private final TolerationLists lists;

    /// Looks at the flags.
    /// @throws IllegalArgumentException for a wrong section in `admission-control-config-file`
    @Activate
    public PodTolerationRestriction(AdmissionSettings settings, @Reference Listers listers) {
        this(listers, settings.kubeApiserverArg());
    }

    PodTolerationRestriction(Listers listers, String... arguments) {
        this.listers = listers;
        this.enabled = OptionalPlugins.enabled(NAME, arguments);
        this.lists = PluginConfiguration.of(NAME, TolerationLists::of, arguments).orElse(TolerationLists.NONE);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean handles(Write write) {
        return enabled && WriteAttributes.createsOrUpdates(write, "pods");
    }

    @Override
    public Struct admit(Write write, Struct pod) {
        Seq own = bounded(write, pod);
        Seq more = Seq.EMPTY;
        if (write.operation() == Operation.CREATE) {
            Seq given = ofNamespace(write, DEFAULTS);
            more = given == null ? lists.otherwise() : given;
        }
        if (!bestEffort(pod.struct("spec"))) {
            more = more.plus(MEMORY);
        }
        return more.isEmpty() ? pod : pod.withAt(TolerationLists.merged(own, more), "spec", "tolerations");
    }

    @Override
    public void validate(Write write, Struct pod) {
        Seq tolerations = bounded(write, pod);
        if (tolerations.isEmpty()) {
            return;
        }
        Seq own = ofNamespace(write, WHITELIST);
        Seq whitelist = own == null ? lists.whitelist() : own;
        if (!whitelist.isEmpty() && !TolerationLists.allowed(tolerations, whitelist)) {
            throw refused(write, "pod tolerations (possibly merged with namespace default tolerations) conflict with"
                    + " its " + (own == null ? "cluster" : "namespace") + " whitelist");
        }
    }

    private static Seq bounded(Write write, Struct pod) {
        Seq tolerations = pod.struct("spec").seq("tolerations");
        if (tolerations.size() > TolerationLists.MOST) {
            throw refused(write, "it has more than " + TolerationLists.MOST + " tolerations");
        }
        return tolerations;
    }

    private @Nullable Seq ofNamespace(Write write, String annotation) {
        String name = write.key().namespace();
        Obj namespace = listers.namespace(name).orElseThrow(() -> ApiFault.notFound(Listers.NAMESPACES, name));
        try {
            return TolerationLists.parsed(namespace.annotations().get(annotation));
        } catch (IllegalArgumentException e) {
            throw refused(write, "annotation " + annotation + " of namespace " + name + ": " + e.getMessage());
        }
    }

    /// Whether it asks for no processor and no memory.
    private static boolean bestEffort(Struct spec) {
        List<Struct> all = new ArrayList<>(List.of(spec));
        all.addAll(spec.seq("containers").structs());
        all.addAll(spec.seq("initContainers").structs());
        return all.stream().map(c -> c.struct("resources"))
                .noneMatch(r -> some(r.struct("requests")) || some(r.struct("limits")));
    }

    private static boolean some(Struct amounts) {
        return amounts.has("cpu") || amounts.has("memory");
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(Listers.PODS, write.key().name(), why);
    }
}
