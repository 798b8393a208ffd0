package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What can be wrong with one container, as upstream's `validateContainerCommon` and what it calls. Pure.
///
/// Everything is checked after defaulting: a container that says nothing of `imagePullPolicy` has got one by then, so
/// one without it is wrong. Types are the schema's business; a field of another type reads as missing here.
///
/// | field | what must be so |
/// |---|---|
/// | `name` | a DNS label, once in the pod |
/// | `image` | not empty, no blanks around it |
/// | `ports` | numbers from 1 to 65535; a name is an IANA service name and unique in the container |
/// | `env`, `envFrom` | a printable name without `=`; one source each, with the object's name and key |
/// | `volumeMounts` | a volume of the pod, each path once, `subPath` below the volume and not beside `subPathExpr` |
/// | `resources` | see [ResourceProblems] |
/// | probes, `lifecycle` | see [ProbeProblems]; only where the container keeps running |
/// | `securityContext` | ids from 0 to 2147483647, profiles as in [ProfileProblems] |
/// | `restartPolicy`, `restartPolicyRules` | see [RestartProblems] |
///
/// @param spec the pod's
/// @param volumes the names of the pod's volumes
/// @param list where the container stands: `containers`, `initContainers` or `ephemeralContainers`
record ContainerProblems(Struct spec, Set<String> volumes, String list) {
    /// Sorted, as the message lists the supported values; the same holds of every set of names in this package that
    /// upstream keeps as a set.
    private static final List<String> PULL = List.of("Always", "IfNotPresent", "Never");
    private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
    private static final int LONGEST_FILE_KEY = 128;
    /// What `valueFrom` may hold, of which it holds one.
    private static final List<String> ENV_SOURCES = List.of("fieldRef", "resourceFieldRef", "configMapKeyRef",
            "secretKeyRef", "fileKeyRef");

    /// Checks one and adds what is wrong at `p`, the container's place. Goes on after a problem, so that the user gets
    /// all of them at once.
    ///
    /// @param names of the containers before it, in all three lists, since a name is unique in a pod; this one's is
    ///     added
    void check(Struct container, Problems p, Set<String> names) {
        String name = container.text("name");
        if (p.present(container, "name")) {
            p.at("name").invalid(name, Names.label(name));
            if (!names.add(name)) {
                p.at("name").duplicate(name);
            }
        }
        image(container, p);
        ports(container.seq("ports"), p);
        environment(container.seq("env"), p);
        environmentFrom(container.seq("envFrom"), p);
        mounts(container.seq("volumeMounts"), p);
        p.requiredOneOf(container, "imagePullPolicy", PULL);
        ResourceProblems.check(container.struct("resources"), p.at("resources"));
        ProbeProblems.check(container, mayHaveProbes(container), p);
        security(container.struct("securityContext"), p.at("securityContext"));
        RestartProblems.check(container, list, p);
    }

    /// Probes and hooks are for what keeps running: containers and sidecars (init containers that always restart). An
    /// ephemeral container has no life cycle of its own.
    private boolean mayHaveProbes(Struct container) {
        return list.equals("containers")
                || list.equals("initContainers") && container.text("restartPolicy").equals("Always");
    }

    /// The reference itself is not parsed: what is no image is refused by the runtime, with its own words.
    private static void image(Struct container, Problems p) {
        String image = container.text("image");
        if (image.isEmpty()) {
            p.at("image").required("");
        } else if (!image.strip().equals(image)) {
            p.at("image").invalid(image, "must not have leading or trailing whitespace");
        }
        String policy = container.text("terminationMessagePolicy");
        if (!policy.equals("File") && !policy.equals("FallbackToLogsOnError")) {
            p.at("terminationMessagePolicy").invalid(policy, "must be 'File' or 'FallbackToLogsOnError'");
        }
    }

    /// A `hostPort` of 0 means that there is none. Whether two containers want the same host port is a matter of the
    /// whole pod: [PodProblems].
    private static void ports(Seq ports, Problems p) {
        p.unique(ports, "ports", "name");
        for (int i = 0; i < ports.size(); i++) {
            Struct port = ports.struct(i);
            Problems at = p.at("ports", i);
            if (!port.text("name").isEmpty()) {
                at.at("name").invalid(port.text("name"), Names.portName(port.text("name")));
            }
            long number = port.whole("containerPort", 0);
            if (number == 0) {
                at.at("containerPort").required("");
            } else {
                at.at("containerPort").invalid(number, Names.portNumber(number));
            }
            if (port.whole("hostPort", 0) != 0) {
                at.at("hostPort").invalid(port.whole("hostPort", 0), Names.portNumber(port.whole("hostPort", 0)));
            }
            at.requiredOneOf(port, "protocol", PROTOCOLS);
        }
    }

    /// Each variable has a value or a source of one; an empty one is a value.
    private void environment(Seq env, Problems p) {
        for (int i = 0; i < env.size(); i++) {
            Struct e = env.struct(i);
            Problems at = p.at("env", i);
            if (at.present(e, "name")) {
                at.at("name").invalid(e.text("name"), Names.environment(e.text("name")));
            }
            if (e.has("valueFrom")) {
                source(e, e.struct("valueFrom"), at.at("valueFrom"));
            }
        }
    }

    /// Exactly one source, and then no value beside it. The three ways to miss that are told in upstream's order, one
    /// of them at a time; what each source must say is checked whatever the outcome is.
    private void source(Struct env, Struct from, Problems p) {
        long sources = ENV_SOURCES.stream().filter(from::has).count();
        if (sources == 0) {
            p.invalid("", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or"
                    + " `fileKeyRef`");
        } else if (!env.text("value").isEmpty()) {
            p.invalid("", "may not be specified when `value` is not empty");
        } else if (sources > 1) {
            p.invalid("", "may not have more than one field specified at a time");
        }
        if (from.has("fieldRef")) {
            p.at("fieldRef").present(from.struct("fieldRef"), "fieldPath");
        }
        if (from.has("resourceFieldRef")) {
            p.at("resourceFieldRef").present(from.struct("resourceFieldRef"), "resource");
        }
        if (from.has("fileKeyRef")) {
            fileKey(from.struct("fileKeyRef"), p.at("fileKeyRef"));
        }
        for (String ref : List.of("configMapKeyRef", "secretKeyRef")) {
            if (from.has(ref)) {
                Struct key = from.struct(ref);
                p.at(ref).present(key, "name");
                if (p.at(ref).present(key, "key")) {
                    p.at(ref).at("key").invalid(key.text("key"), Names.configKey(key.text("key")));
                }
            }
        }
    }

    /// A variable in a file of an emptyDir of the pod.
    private void fileKey(Struct ref, Problems p) {
        String volume = ref.text("volumeName");
        if (p.present(ref, "volumeName") && !volumes.contains(volume)) {
            p.at("volumeName").notFound(volume);
        } else if (!volume.isEmpty() && !spec.seq("volumes").find("name", volume).has("emptyDir")) {
            p.at("volumeName").invalid(volume, "referenced volume must be of type emptyDir");
        }
        if (p.present(ref, "path")) {
            VolumeProblems.file(ref.text("path"), p.at("path"));
        }
        if (p.present(ref, "key")) {
            String key = ref.text("key");
            p.at("key").invalid(key, Names.environment(key));
            if (key.length() > LONGEST_FILE_KEY) {
                p.at("key").tooLong(LONGEST_FILE_KEY);
            }
        }
    }

    /// Exactly one object per entry, all of whose keys become variables; which of the keys are names of variables is
    /// seen by the kubelet only.
    private static void environmentFrom(Seq sources, Problems p) {
        for (int i = 0; i < sources.size(); i++) {
            Struct s = sources.struct(i);
            Problems at = p.at("envFrom", i);
            if (!s.has("configMapRef") && !s.has("secretRef")) {
                at.invalid("", "must specify one of: `configMapRef` or `secretRef`");
            } else if (s.has("configMapRef") && s.has("secretRef")) {
                at.invalid("", "may not have more than one field specified at a time");
            }
            for (String ref : List.of("configMapRef", "secretRef")) {
                if (s.has(ref)) {
                    at.at(ref).present(s.struct(ref), "name");
                }
            }
        }
    }

    /// A mount names a volume of the pod. Two mounts at the same path would hide one another; whether one lies below
    /// another is allowed and depends on their order.
    private void mounts(Seq mounts, Problems p) {
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < mounts.size(); i++) {
            Struct m = mounts.struct(i);
            Problems at = p.at("volumeMounts", i);
            if (at.present(m, "name") && !volumes.contains(m.text("name"))) {
                at.at("name").notFound(m.text("name"));
            }
            if (at.present(m, "mountPath") && !paths.add(m.text("mountPath"))) {
                at.at("mountPath").invalid(m.text("mountPath"), "must be unique");
            }
            if (!m.text("subPath").isEmpty() && !m.text("subPathExpr").isEmpty()) {
                at.at("subPathExpr").invalid(m.text("subPathExpr"), "subPathExpr and subPath are mutually exclusive");
            }
            for (String field : List.of("subPath", "subPathExpr")) {
                VolumeProblems.below(m.text(field), at.at(field));
            }
            at.oneOf(m, "mountPropagation", List.of("Bidirectional", "HostToContainer", "None"));
        }
    }

    /// Users and groups are numbers of the kernel: 32 bits, of which upstream allows the positive half. The last rule
    /// is about `no_new_privs`, which would be set and mean nothing: a privileged process has every privilege already.
    private static void security(Struct context, Problems p) {
        for (String field : List.of("runAsUser", "runAsGroup")) {
            long id = context.whole(field, 0);
            if (id < 0 || id > Integer.MAX_VALUE) {
                p.at(field).invalid(id, "must be between 0 and 2147483647, inclusive");
            }
        }
        if (context.flag("privileged") && !context.flag("allowPrivilegeEscalation", true)) {
            p.invalid(context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        }
        p.oneOf(context, "procMount", List.of("Default", "Unmasked"));
        ProfileProblems.check(context, p);
    }
}
