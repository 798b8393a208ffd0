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
/// | `image` | not empty |
/// | `ports` | numbers from 1 to 65535; a name is an IANA service name and unique in the container |
/// | `env`, `envFrom` | see [EnvironmentProblems] |
/// | `volumeMounts`, `volumeDevices` | see [MountProblems] |
/// | `resources`, `resizePolicy` | see [ResourceProblems], [ResizePolicyProblems] |
/// | probes, `lifecycle` | see [ProbeProblems]; only where the container keeps running |
/// | `securityContext` | ids from 0 to 2147483647, profiles as in [ProfileProblems] |
/// | `restartPolicy`, `restartPolicyRules` | see [RestartProblems] |
///
/// What only ephemeral containers have, and what they have not, is in [EphemeralProblems].
///
/// @param spec the pod's
/// @param mounts for the pod's volumes
/// @param list where the container stands: `containers`, `initContainers` or `ephemeralContainers`
record ContainerProblems(Struct spec, MountProblems mounts, String list) {
    /// Sorted, as the message lists the supported values; the same holds of every set of names in this package that
    /// upstream keeps as a set.
    static final List<String> PULL = List.of("Always", "IfNotPresent", "Never");
    private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
    private static final List<String> MESSAGES = List.of("File", "FallbackToLogsOnError");
    private static final String EPHEMERAL = "ephemeralContainers";

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
        p.present(container, "image");
        p.requiredOneOf(container, "terminationMessagePolicy", MESSAGES);
        ports(container.seq("ports"), p);
        EnvironmentProblems.check(container, p);
        mounts.check(container, p);
        p.requiredOneOf(container, "imagePullPolicy", PULL);
        ResourceProblems.check(container.struct("resources"), p.at("resources"));
        ResizePolicyProblems.check(container, spec, list, p);
        security(container.struct("securityContext"), p.at("securityContext"));
        if (list.equals(EPHEMERAL)) {
            EphemeralProblems.check(container, p);
        } else {
            ProbeProblems.check(container, spec, mayHaveProbes(container), p);
            RestartProblems.check(container, list, p);
        }
    }

    /// Probes and hooks are for what keeps running: containers and sidecars (init containers that always restart).
    private boolean mayHaveProbes(Struct container) {
        return list.equals("containers") || container.text("restartPolicy").equals("Always");
    }

    /// What only pods are asked for, not templates, in which a blank may stand for an image that is yet to be set.
    ///
    /// @param p the container's place
    static void padded(Struct container, Problems p) {
        String image = container.text("image");
        if (!image.strip().equals(image)) {
            p.at("image").invalid(image, "must not have leading or trailing whitespace");
        }
    }

    /// A `hostPort` of 0 means that there is none. Whether two containers want the same host port is a matter of the
    /// whole pod: [PortProblems].
    private static void ports(Seq ports, Problems p) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ports.size() && !p.full(); i++) {
            Struct port = ports.struct(i);
            Problems at = p.at("ports", i);
            String name = port.text("name");
            List<String> wrong = name.isEmpty() ? List.of() : Names.portName(name);
            at.at("name").invalid(name, wrong);
            if (!name.isEmpty() && wrong.isEmpty() && !names.add(name)) {
                at.at("name").duplicate(name);
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

    /// Users and groups are numbers of the kernel: 32 bits, of which upstream allows the positive half. Two rules are
    /// about `no_new_privs`, which would be set and mean nothing: such a process has every privilege already.
    private static void security(Struct context, Problems p) {
        if (context.isEmpty()) {
            return;
        }
        for (String field : List.of("runAsUser", "runAsGroup")) {
            PodSecurityProblems.id(context.whole(field, 0), p.at(field));
        }
        p.oneOf(context, "procMount", List.of("Default", "Unmasked"));
        ProfileProblems.seccomp(context.struct("seccompProfile"), p.at("seccompProfile"));
        if (!context.flag("allowPrivilegeEscalation", true)) {
            if (context.flag("privileged")) {
                p.invalid(context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
            }
            if (context.struct("capabilities").seq("add").contains("CAP_SYS_ADMIN")) {
                p.invalid(context,
                        "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
            }
        }
        WindowsProblems.options(context, p.at("windowsOptions"));
        ProfileProblems.appArmor(context.struct("appArmorProfile"), p.at("appArmorProfile"));
    }
}
