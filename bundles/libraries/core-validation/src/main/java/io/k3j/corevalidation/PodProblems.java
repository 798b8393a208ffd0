package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
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
/// | `volumes` | see [VolumeProblems] |
/// | `ephemeralContainers` | not in new pods, nor in templates |
/// | `containers` and the other two lists | at least one container; each as in [ContainerProblems] |
/// | `restartPolicy`, `dnsPolicy` | there, and one of upstream's |
/// | `dnsConfig.nameservers` | addresses; at least one with the policy `None` |
/// | `activeDeadlineSeconds` | from 1 to 2147483647 seconds |
/// | `serviceAccountName`, `nodeName` and other names | DNS subdomains; `hostname` and `subdomain` are DNS labels |
/// | `schedulingGates` | none beside the `nodeName` of a new pod |
/// | `shareProcessNamespace` | not with `hostPID`: there is one namespace to be in |
/// | `securityContext` | ids, names of kernel parameters, profiles as in [ProfileProblems] |
/// | `os` | see [OsProblems] |
/// | `hostUsers` | see [HostUsersProblems] |
/// | `resourceClaims`, `resources.claims` | see [PodClaimProblems] |
/// | `resources` of the pod as a whole | see [PodResourceProblems] |
/// | host ports | each once per protocol and address; with `hostNetwork` the container's own |
public final class PodProblems {
    /// Not sorted: the message lists restart policies and DNS policies in upstream's own order.
    private static final List<String> RESTART = List.of("Always", "OnFailure", "Never");
    private static final List<String> DNS = List.of("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
    /// The largest value of upstream's `int32` fields, which are longs here.
    private static final long INT_MAX = Integer.MAX_VALUE;
    private static final String EPHEMERAL = "ephemeralContainers";

    private PodProblems() {
    }

    /// A whole pod on creation. Its `metadata` is checked by [MetadataRules] for every kind alike. What may change in a
    /// pod later is not here (`PodUpdate` of `workload-rules`).
    ///
    /// @param pod the object, whose spec is read
    /// @param p the object's root
    public static void pod(Struct pod, Problems p) {
        Struct spec = pod.struct("spec");
        spec(spec, p.at("spec"));
        if (!spec.seq(EPHEMERAL).isEmpty()) {
            p.at("spec").at(EPHEMERAL).forbidden("cannot be set on create");
        }
        if (!spec.text("nodeName").isEmpty() && !spec.seq("schedulingGates").isEmpty()) {
            p.at("spec").at("nodeName").forbidden("cannot be set until all schedulingGates have been cleared");
        }
    }

    /// A template in a workload.
    ///
    /// @param template a PodTemplateSpec: `metadata` and `spec`
    /// @param restart the restart policies the workload can live with: a Job's pods must end, a ReplicaSet's must not
    /// @param p where the template stands, as `spec.template`
    public static void template(Struct template, List<String> restart, Problems p) {
        template(template, restart, Set.of(), p);
    }

    /// A template whose pods get more volumes than it says, as a StatefulSet's get those of its `volumeClaimTemplates`.
    ///
    /// @param claimed the names of those volumes, which containers may mount
    public static void template(Struct template, List<String> restart, Set<String> claimed, Problems p) {
        MetadataRules.labels(template.struct("metadata").struct("labels"), p.at("metadata").at("labels"));
        Struct spec = template.struct("spec");
        spec(spec, claimed, p.at("spec"));
        // A policy that no pod can have is reported already; only one that this workload cannot have is left.
        if (RESTART.contains(spec.text("restartPolicy"))) {
            p.at("spec").oneOf(spec, "restartPolicy", restart);
        }
        // The controller would replace each pod whose time is up, for ever.
        if (spec.has("activeDeadlineSeconds") && restart.contains("Always")) {
            p.at("spec").at("activeDeadlineSeconds").forbidden("activeDeadlineSeconds in ReplicaSet is not Supported");
        }
        if (!spec.seq(EPHEMERAL).isEmpty()) {
            p.at("spec").at(EPHEMERAL).forbidden("ephemeral containers not allowed in pod template");
        }
    }

    /// The tolerations of a pod that has got more of them.
    ///
    /// @param p the spec
    public static void tolerations(Seq tolerations, Problems p) {
        SchedulingProblems.tolerations(tolerations, p);
    }

    /// A pod spec that stands at `p`.
    public static void spec(Struct spec, Problems p) {
        spec(spec, Set.of(), p);
    }

    private static void spec(Struct spec, Set<String> claimed, Problems p) {
        // Before the containers, which refer to volumes by name; a volume with a problem counts as there, so that its
        // mounts do not repeat the problem.
        Set<String> volumes = new HashSet<>(VolumeProblems.volumes(spec.seq("volumes"), p));
        volumes.addAll(claimed);
        Set<String> names = new HashSet<>();
        if (spec.seq("containers").isEmpty()) {
            p.at("containers").required("");
        }
        for (String list : List.of("containers", "initContainers", EPHEMERAL)) {
            Seq containers = spec.seq(list);
            for (int i = 0; i < containers.size(); i++) {
                new ContainerProblems(spec, volumes, list).check(containers.struct(i), p.at(list, i), names);
            }
        }
        hostPorts(spec, p);
        p.requiredOneOf(spec, "restartPolicy", RESTART);
        p.requiredOneOf(spec, "dnsPolicy", DNS);
        dns(spec, p);
        scalars(spec, p);
        SchedulingProblems.check(spec, p);
        security(spec.struct("securityContext"), p.at("securityContext"));
        OsProblems.check(spec, p);
        HostUsersProblems.check(spec, p);
        PodClaimProblems.check(spec, p);
        PodResourceProblems.check(spec, p);
    }

    /// Fields that stand for themselves: times in seconds, names of other objects (which need not exist yet), the pod's
    /// own host name, which is one label, and what containers share.
    private static void scalars(Struct spec, Problems p) {
        long deadline = spec.whole("activeDeadlineSeconds", 1);
        if (spec.has("activeDeadlineSeconds") && (deadline < 1 || deadline > INT_MAX)) {
            p.at("activeDeadlineSeconds").invalid(deadline, "must be between 1 and 2147483647, inclusive");
        }
        for (String field : List.of("serviceAccountName", "nodeName", "runtimeClassName", "priorityClassName")) {
            if (!spec.text(field).isEmpty()) {
                p.at(field).invalid(spec.text(field), Names.subdomain(spec.text(field)));
            }
        }
        for (String field : List.of("hostname", "subdomain")) {
            if (!spec.text(field).isEmpty()) {
                p.at(field).invalid(spec.text(field), Names.label(spec.text(field)));
            }
        }
        Seq secrets = spec.seq("imagePullSecrets");
        for (int i = 0; i < secrets.size(); i++) {
            if (secrets.struct(i).text("name").isEmpty()) {
                p.at("imagePullSecrets", i).at("name").required("");
            }
        }
        if (spec.flag("shareProcessNamespace") && spec.flag("hostPID")) {
            p.at("shareProcessNamespace").invalid(true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }
    }

    /// With the policy `None` the kubelet writes what is listed here and nothing else, so there must be something.
    private static void dns(Struct spec, Problems p) {
        Seq servers = spec.struct("dnsConfig").seq("nameservers");
        if (spec.text("dnsPolicy").equals("None") && servers.isEmpty()) {
            p.at("dnsConfig").at("nameservers").required("must provide at least one DNS nameserver when `dnsPolicy` is"
                    + " None");
        }
        for (int i = 0; i < servers.size(); i++) {
            if (!Addresses.isIp(servers.text(i))) {
                p.at("dnsConfig").at("nameservers", i).invalid(servers.text(i), Addresses.MUST_BE_IP);
            }
        }
    }

    /// As for a container, with what only pods have: the group of volumes and kernel parameters. Which parameters are
    /// safe is the kubelet's question (`--allowed-unsafe-sysctls`), not the API's.
    private static void security(Struct context, Problems p) {
        for (String field : List.of("runAsUser", "runAsGroup", "fsGroup")) {
            long id = context.whole(field, 0);
            if (id < 0 || id > INT_MAX) {
                p.at(field).invalid(id, "must be between 0 and 2147483647, inclusive");
            }
        }
        Seq sysctls = context.seq("sysctls");
        for (int i = 0; i < sysctls.size(); i++) {
            String name = sysctls.struct(i).text("name");
            if (name.isEmpty()) {
                p.at("sysctls", i).at("name").required("");
            } else if (!sysctl(name)) {
                p.at("sysctls", i).at("name").invalid(name,
                        "must have at most 253 characters and match regex ^([a-z0-9]"
                                + "([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
            }
        }
        ProfileProblems.check(context, p);
    }

    /// A subdomain with underscores, joined by dots or slashes: the kernel takes `net/ipv4` as well as `net.ipv4`.
    private static boolean sysctl(String name) {
        return Names.subdomain(name.replace('/', '.').replace('_', '-')).isEmpty();
    }

    /// One port of the node has one owner per protocol and address. On the node's network every port of a container is
    /// one of the node, so both numbers must be the same; the scheduler reads `hostPort` only.
    private static void hostPorts(Struct spec, Problems p) {
        Set<String> taken = new HashSet<>();
        Seq containers = spec.seq("containers");
        for (int i = 0; i < containers.size(); i++) {
            Seq ports = containers.struct(i).seq("ports");
            for (int j = 0; j < ports.size(); j++) {
                Struct port = ports.struct(j);
                String key = port.text("protocol") + "/" + port.text("hostIP") + "/" + port.whole("hostPort", 0);
                Problems at = p.at("containers", i).at("ports", j);
                if (port.whole("hostPort", 0) > 0 && !taken.add(key)) {
                    at.at("hostPort").duplicate(key);
                }
                if (spec.flag("hostNetwork") && port.whole("hostPort", 0) != port.whole("containerPort", 0)) {
                    at.at("containerPort").invalid(port.whole("containerPort", 0),
                            "must match `hostPort` when `hostNetwork` is true");
                }
            }
        }
    }
}
