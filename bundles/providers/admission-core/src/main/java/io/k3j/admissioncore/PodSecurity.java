package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.podsecurity.NamespaceWarnings;
import io.k3j.podsecurity.PodSecurityChecks;
import io.k3j.podsecurity.PodSecurityConfiguration;
import io.k3j.podsecurity.PodSecurityLevel;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Enforces the pod security standards by namespace labels: `pod-security.kubernetes.io/enforce` refuses pods,
/// `pod-security.kubernetes.io/warn` (without it: `enforce`) warns of pods and pod templates,
/// `pod-security.kubernetes.io/audit` tells the audit of the same. All take a version. Who makes a namespace's enforced
/// level stricter is warned of pods that are there already ([NamespaceWarnings]). See
/// <https://kubernetes.io/docs/concepts/security/pod-security-admission/>.
@Component(service = Admission.class, property = "order:Integer=120", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PodSecurity implements Admission {
    /// The path of the pod template in each workload resource.
    private static final Map<String, List<String>> TEMPLATES = Map.of("podtemplates", List.of("template"),
            "replicationcontrollers", List.of("spec", "template"), "replicasets", List.of("spec", "template"),
            "deployments", List.of("spec", "template"), "statefulsets", List.of("spec", "template"), "daemonsets",
            List.of("spec", "template"), "jobs", List.of("spec", "template"), "cronjobs",
            List.of("spec", "jobTemplate", "spec", "template"));
    private static final String ANNOTATIONS = "pod-security.kubernetes.io/";
    private static final Set<String> GROUPS = Set.of("", "apps", "batch");
    private final Listers listers;
    private final PodSecurityConfiguration configuration;
    private final NamespaceWarnings namespaces;

    /// Reads Namespaces, and Pods when a namespace's level changes, from views.
    /// @throws IllegalArgumentException for an invalid `admission-control-config-file`; then no pod is admitted
    @Activate
    public PodSecurity(@Reference Listers listers, AdmissionSettings settings) {
        this(listers, PodSecurityConfiguration.of(settings.kubeApiserverArg()));
    }

    PodSecurity(Listers listers, PodSecurityConfiguration configuration) {
        this.listers = listers;
        this.configuration = configuration;
        this.namespaces = new NamespaceWarnings(configuration, this::pods, System::nanoTime);
    }

    private Optional<Collection<Obj>> pods(String namespace) {
        try {
            return Optional.of(List.copyOf(listers.all(Listers.PODS, namespace)));
        } catch (ApiFault e) {
            return Optional.empty();
        }
    }

    @Override
    public String name() {
        return "PodSecurity";
    }

    @Override
    public boolean handles(Write write) {
        boolean changes = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        String resource = write.kind().gvr().resource();
        boolean whole = write.subresource().isEmpty() || write.of("ephemeralcontainers");
        return changes && whole && GROUPS.contains(write.kind().gvr().group())
                && (resource.equals("pods") || resource.equals("namespaces") || TEMPLATES.containsKey(resource));
    }

    @Override
    public void validate(Write write, Struct object) {
        switch (write.kind().gvr().resource()) {
            case "namespaces" -> {
                List<FieldProblem> wrong = problems(object);
                if (!wrong.isEmpty() && !wrong.equals(write.before().map(PodSecurity::problems).orElse(List.of()))) {
                    throw FieldProblem.fault(write.kind().gvk(), write.key().name(), wrong);
                }
            }
            case "pods" -> pod(write, object);
            default -> {
                Struct pod = write.context().audited() ? template(write, object) : Struct.EMPTY;
                if (!pod.isEmpty() && !exempt(write, pod)) {
                    audit(write, pod);
                }
            }
        }
    }

    private static List<FieldProblem> problems(Struct namespace) {
        return PodSecurityLevel.problems(labels(namespace));
    }

    private static Map<String, String> labels(Struct namespace) {
        return namespace.struct("metadata").struct("labels").texts();
    }

    private void pod(Write write, Struct pod) {
        if (exempt(write, pod) || insignificant(write, pod)) {
            return;
        }
        PodSecurityLevel level = PodSecurityLevel.enforced(labels(write), configuration.defaults());
        if (write.context().audited()) {
            write.context().annotate(ANNOTATIONS + "enforce-policy", level.toString());
            audit(write, pod);
        }
        List<String> wrong = violations(write, pod, level);
        if (!wrong.isEmpty()) {
            throw ApiFault.forbidden(Listers.PODS, write.key().name(),
                    "violates PodSecurity \"" + level + "\": " + String.join(", ", wrong));
        }
    }

    /// Tells the audit what a pod, or a template of pods, violates, and which labels from before their check are
    /// invalid.
    private void audit(Write write, Struct pod) {
        Map<String, String> labels = labels(write);
        List<FieldProblem> invalid = PodSecurityLevel.problems(labels);
        if (!invalid.isEmpty()) {
            write.context().annotate(ANNOTATIONS + "error", "Failed to parse policy: "
                    + (invalid.size() == 1 ? invalid.getFirst().toString() : invalid.toString()));
        }
        PodSecurityLevel level = PodSecurityLevel.audited(labels, configuration.defaults());
        List<String> wrong = violations(write, pod, level);
        if (!wrong.isEmpty()) {
            write.context().annotate(ANNOTATIONS + "audit-violations",
                    "would violate PodSecurity \"" + level + "\": " + String.join(", ", wrong));
        }
    }

    /// What of a write was found already, by level: enforcing, warning and the audit often have one.
    private record Found(Struct pod, Map<PodSecurityLevel, List<String>> violations) {
    }

    private static List<String> violations(Write write, Struct pod, PodSecurityLevel level) {
        if (level.name().equals(PodSecurityLevel.PRIVILEGED)) {
            return List.of();
        }
        Map<Object, Object> notes = write.context().notes();
        // another plug-in may have changed the pod since, and a tree is never changed but replaced
        Found found = notes.get(Found.class) instanceof Found known && known.pod == pod ? known
                : new Found(pod, new HashMap<>());
        notes.put(Found.class, found);
        return found.violations.computeIfAbsent(level, of -> PodSecurityChecks.violations(pod, of));
    }

    private static Struct template(Write write, Struct object) {
        Struct pod = object;
        for (String field : TEMPLATES.getOrDefault(write.kind().gvr().resource(), List.of())) {
            pod = pod.struct(field);
        }
        return pod;
    }

    @Override
    public List<String> warnings(Write write, Struct object) {
        String resource = write.kind().gvr().resource();
        if (resource.equals("namespaces")) {
            return write.before().map(b -> namespaces.of(write.key().name(), labels(b), labels(object)))
                    .orElse(List.of());
        }
        if (resource.equals("pods") && insignificant(write, object)) {
            return List.of();
        }
        PodSecurityLevel level = PodSecurityLevel.warned(labels(write), configuration.defaults());
        Struct pod = template(write, object);
        List<String> wrong = pod.isEmpty() || exempt(write, pod) ? List.of() : violations(write, pod, level);
        return wrong.isEmpty() ? List.of()
                : List.of("would violate PodSecurity \"" + level + "\": " + String.join(", ", wrong));
    }

    /// Whether nothing is checked, which the audit is told.
    private boolean exempt(Write write, Struct pod) {
        Optional<String> why = configuration.exemption(write, pod);
        why.ifPresent(reason -> write.context().annotate(ANNOTATIONS + "exempt", reason));
        return why.isPresent();
    }

    private Map<String, String> labels(Write write) {
        return listers.namespace(write.key().namespace()).map(n -> n.labels()).orElse(Map.of());
    }

    /// Whether an update changes only fields that no check reads: images, tolerations, deadlines, and metadata except
    /// the AppArmor annotations.
    private static boolean insignificant(Write write, Struct pod) {
        return write.before().map(b -> relevantFields(b).equals(relevantFields(pod))).orElse(false);
    }

    private static Struct relevantFields(Struct pod) {
        Struct spec = pod.struct("spec").without("tolerations").without("activeDeadlineSeconds")
                .without("terminationGracePeriodSeconds").without("schedulingGates");
        for (String list : List.of("containers", "initContainers", "ephemeralContainers")) {
            Seq plain = Seq.copyOf(spec.seq(list).structs().stream().map(c -> c.without("image")).toList());
            spec = plain.isEmpty() ? spec : spec.with(list, plain);
        }
        Struct annotations = pod.struct("metadata").struct("annotations");
        for (String name : List.copyOf(annotations.names())) {
            annotations = name.startsWith(PodSecurityChecks.APP_ARMOR) ? annotations : annotations.without(name);
        }
        return Struct.of("spec", spec, "annotations", annotations);
    }
}
