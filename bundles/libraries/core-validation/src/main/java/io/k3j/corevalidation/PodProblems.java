package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What can be wrong with pods and pod templates, above the single container: upstream's `ValidatePodCreate`,
/// `ValidatePodTemplateSpec` and `ValidatePodSpec`. The entrance of this package.
///
/// Every method adds problems to the collection it is given, at the paths of their fields, and never throws for what an
/// object holds. Objects have been defaulted before. Whoever calls decides what problems mean: the API server answers
/// 422 (`Invalid`) with one cause for each. Pure; any thread, each with its own [Problems].
///
/// | field | what must be so |
/// |---|---|
/// | `metadata.annotations` | see [PodAnnotationProblems] |
/// | `volumes` | see [VolumeProblems] |
/// | `ephemeralContainers` | not in new pods, nor in templates |
/// | `containers` and the other two lists | at least one container; each as in [ContainerProblems] |
/// | `restartPolicy`, `dnsPolicy` | there, and one of upstream's |
/// | `dnsConfig`, `hostnameOverride`, `hostAliases` | see [DnsProblems] |
/// | `activeDeadlineSeconds` | from 1 to 2147483647 seconds |
/// | `serviceAccountName`, `nodeName` and other names | DNS subdomains; `hostname` and `subdomain` are DNS labels |
/// | `schedulingGates` | none beside the `nodeName` of a new pod |
/// | `securityContext` | see [PodSecurityProblems] and [WindowsProblems] |
/// | `os` | see [OsProblems] |
/// | `hostUsers` | see [HostUsersProblems] |
/// | `resourceClaims`, `resources.claims` | see [PodClaimProblems] |
/// | `resources` of the pod as a whole, `overhead` | see [PodResourceProblems] and [ResourceProblems] |
/// | host ports | see [PortProblems] |
/// | what places a pod | see [SchedulingProblems] |
public final class PodProblems {
    /// Not sorted: the message lists restart policies and DNS policies in upstream's own order.
    private static final List<String> RESTART = List.of("Always", "OnFailure", "Never");
    private static final List<String> DNS = List.of("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
    private static final List<String> PREEMPTION = List.of("PreemptLowerPriority", "Never");
    private static final List<String> LISTS = List.of("containers", "initContainers");
    private static final String EPHEMERAL = "ephemeralContainers";
    private static final String DEADLINE = "activeDeadlineSeconds";
    private static final String TOKEN = "serviceAccountToken";

    private PodProblems() {
    }

    /// A whole pod on creation, but for its name, labels and all else that any object has. What may change in a pod
    /// later is not here (`PodUpdate` of `workload-rules`).
    ///
    /// @param pod the object
    /// @param p the object's root
    public static void pod(Struct pod, Problems p) {
        Struct spec = pod.struct("spec");
        existing(pod, Struct.EMPTY, p);
        if (!spec.seq(EPHEMERAL).isEmpty()) {
            p.at("spec").at(EPHEMERAL).forbidden("cannot be set on create");
        }
        if (!spec.text("nodeName").isEmpty() && !spec.seq("schedulingGates").isEmpty()) {
            p.at("spec").at("nodeName").forbidden("cannot be set until all schedulingGates have been cleared");
        }
        PodAnnotationProblems.match(pod.struct("metadata"), spec, p.at("spec"));
    }

    /// A whole pod at any time. Some rules are for pods only, not for templates, which were there before these rules.
    ///
    /// @param before the pod before the write, whose annotations stay allowed; empty for a new one
    /// @param p the object's root
    public static void existing(Struct pod, Struct before, Problems p) {
        Struct spec = pod.struct("spec");
        Problems at = p.at("spec");
        annotations(pod, before, p);
        spec(spec, pod.struct("metadata"), true, at);
        if (spec.text("serviceAccountName").isEmpty()) {
            tokens(spec.seq("volumes"), at);
        }
        for (String list : LISTS) {
            Seq containers = spec.seq(list);
            for (int i = 0; i < containers.size() && !p.full(); i++) {
                ContainerProblems.padded(containers.struct(i), at.at(list, i));
            }
        }
    }

    /// The annotations of a pod that mean something to the API.
    ///
    /// @param before the pod before the write, whose annotations stay allowed
    /// @param p the object's root
    public static void annotations(Struct pod, Struct before, Problems p) {
        PodAnnotationProblems.check(pod.struct("metadata").struct("annotations"),
                before.struct("metadata").struct("annotations"), pod.struct("spec"),
                p.at("metadata").at("annotations"));
    }

    private static void tokens(Seq volumes, Problems p) {
        for (int i = 0; i < volumes.size() && !p.full(); i++) {
            Seq sources = volumes.struct(i).struct("projected").seq("sources");
            for (int j = 0; j < sources.size(); j++) {
                if (sources.struct(j).has(TOKEN)) {
                    p.at("volumes", i).at("projected").at("sources", j).at(TOKEN)
                            .forbidden("must not be specified when serviceAccountName is not set");
                }
            }
        }
    }

    /// A template in a workload.
    ///
    /// @param template a PodTemplateSpec: `metadata` and `spec`
    /// @param p where the template stands, as `spec.template`
    public static void template(Struct template, Problems p) {
        Struct metadata = template.struct("metadata");
        Struct spec = template.struct("spec");
        MetadataRules.labels(metadata.struct("labels"), p.at("labels"));
        MetadataRules.annotations(metadata.struct("annotations"), p.at("annotations"));
        PodAnnotationProblems.check(metadata.struct("annotations"), Struct.EMPTY, spec, p.at("annotations"));
        spec(spec, Struct.EMPTY, false, p.at("spec"));
        PodAnnotationProblems.match(metadata, spec, p.at("spec"));
        if (!spec.seq(EPHEMERAL).isEmpty()) {
            p.at("spec").at(EPHEMERAL).forbidden("ephemeral containers not allowed in pod template");
        }
    }

    /// A template of pods that are to run until they are taken away: they are restarted always, and their controller
    /// would replace each whose time is up, for ever.
    ///
    /// @param workload the kind of the controller, as the message names it
    public static void running(Struct template, String workload, Problems p) {
        template(template, p);
        Struct spec = template.struct("spec");
        if (!spec.text("restartPolicy").equals("Always")) {
            p.at("spec").at("restartPolicy").unsupported(spec.text("restartPolicy"), List.of("Always"));
        }
        if (spec.has(DEADLINE)) {
            p.at("spec").at(DEADLINE).forbidden(DEADLINE + " in " + workload + " is not Supported");
        }
    }

    /// The tolerations of a pod that has got more of them.
    ///
    /// @param p the spec
    public static void tolerations(Seq tolerations, Problems p) {
        SchedulingProblems.tolerations(tolerations, p);
    }

    /// A pod spec that stands at `p`, as far as its pod does not matter.
    static void spec(Struct spec, Problems p) {
        spec(spec, Struct.EMPTY, false, p);
    }

    private static void spec(Struct spec, Struct metadata, boolean inPod, Problems p) {
        // Before the containers, which refer to volumes by name.
        Set<String> volumes = new VolumeProblems(inPod, inPod ? metadata.text("name") : "")
                .check(spec.seq("volumes"), p);
        PodClaimProblems.check(spec, inPod && PodAnnotationProblems.mirror(metadata), p);
        containers(spec, volumes, p);
        PodResourceProblems.check(spec, p);
        PortProblems.ofHostNetwork(spec, inPod, p);
        p.requiredOneOf(spec, "restartPolicy", RESTART);
        p.requiredOneOf(spec, "dnsPolicy", DNS);
        PodSecurityProblems.check(spec, p);
        SchedulingProblems.check(spec, p);
        DnsProblems.config(spec, p);
        WindowsProblems.hostProcess(spec, p);
        HostUsersProblems.check(spec, p);
        scalars(spec, p);
        DnsProblems.override(spec, p);
        DnsProblems.aliases(spec, p);
        ResourceProblems.overhead(spec, p);
        OsProblems.check(spec, p);
    }

    private static void containers(Struct spec, Set<String> volumes, Problems p) {
        Set<String> names = new HashSet<>();
        if (spec.seq("containers").isEmpty()) {
            p.at("containers").required("");
        }
        MountProblems mounts = new MountProblems(volumes, MountProblems.claims(spec));
        for (String list : List.of("containers", "initContainers", EPHEMERAL)) {
            Seq containers = spec.seq(list);
            ContainerProblems rules = new ContainerProblems(spec, mounts, list);
            for (int i = 0; i < containers.size() && !p.full(); i++) {
                rules.check(containers.struct(i), p.at(list, i), names);
            }
        }
        EphemeralProblems.targets(spec, p);
        EnvironmentProblems.files(spec, List.of("containers", "initContainers", EPHEMERAL), p);
        PortProblems.owners(spec, p);
    }

    /// Fields that stand for themselves: times in seconds, names of other objects (which need not exist yet), the pod's
    /// own host name, which is one label.
    private static void scalars(Struct spec, Problems p) {
        for (String field : List.of("serviceAccountName", "nodeName")) {
            named(spec, field, p);
        }
        long deadline = spec.whole(DEADLINE, 1);
        if (spec.has(DEADLINE) && (deadline < 1 || deadline > Integer.MAX_VALUE)) {
            p.at(DEADLINE).invalid(deadline, "must be between 1 and 2147483647, inclusive");
        }
        for (String field : List.of("hostname", "subdomain")) {
            if (!spec.text(field).isEmpty()) {
                p.at(field).invalid(spec.text(field), Names.label(spec.text(field)));
            }
        }
        named(spec, "priorityClassName", p);
        if (spec.has("runtimeClassName")) {
            String name = spec.text("runtimeClassName");
            p.at("runtimeClassName").invalid(name, Names.subdomain(name));
        }
        if (spec.has("preemptionPolicy")) {
            p.requiredOneOf(spec, "preemptionPolicy", PREEMPTION);
        }
    }

    private static void named(Struct spec, String field, Problems p) {
        if (!spec.text(field).isEmpty()) {
            p.at(field).invalid(spec.text(field), Names.subdomain(spec.text(field)));
        }
    }
}
