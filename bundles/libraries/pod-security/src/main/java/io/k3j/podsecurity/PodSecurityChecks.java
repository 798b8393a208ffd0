package io.k3j.podsecurity;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The checks of the pod security standards as of Kubernetes 1.36, in upstream's order and with its messages; each
/// check applies from the version that introduced it. Pure; one instance per pod. See
/// <https://kubernetes.io/docs/concepts/security/pod-security-standards/>.
public final class PodSecurityChecks {
    /// How annotations begin that name AppArmor profiles.
    public static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
    private final Struct annotations;
    private final Struct spec;
    private final Struct podContext;
    private final int minor;
    private final boolean windows;
    /// Whether root in the pod is nobody on the host: then who a process is counts for less, from 1.35 on.
    private final boolean userNamespace;
    private final List<Struct> containers = new ArrayList<>();
    private final List<String> found = new ArrayList<>();

    private PodSecurityChecks(Struct pod, int minor) {
        this.annotations = pod.struct("metadata").struct("annotations");
        this.spec = pod.struct("spec");
        this.podContext = spec.struct("securityContext");
        this.minor = minor;
        // from 1.25 on, Linux-only checks do not apply to pods with spec.os.name=windows
        this.windows = minor >= 25 && spec.struct("os").text("name").equals("windows");
        this.userNamespace = minor >= 35 && !spec.flag("hostUsers", true);
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            containers.addAll(spec.seq(list).structs());
        }
    }

    /// The violations of a pod or a pod template against a level in its version, as messages; empty when it conforms.
    public static List<String> violations(Struct pod, PodSecurityLevel level) {
        if (level.privileged()) {
            return List.of();
        }
        boolean restricted = !level.name().equals(PodSecurityLevel.BASELINE);
        PodSecurityChecks c = new PodSecurityChecks(pod, level.minor());
        c.baseline(restricted);
        if (restricted) {
            c.restricted();
        }
        return c.found;
    }

    /// What of a violation is the same for all pods that have it: without who in the pod, and how.
    static String reason(String violation) {
        int detail = violation.indexOf(" (");
        return detail < 0 ? violation : violation.substring(0, detail);
    }

    private static Struct context(Struct container) {
        return container.struct("securityContext");
    }

    private void baseline(boolean restricted) {
        appArmor();
        if (!restricted || minor < 22) {
            capabilities(PodSecurityTables.BASELINE_CAPABILITIES, "non-default capabilities", List.of());
        }
        hostNamespaces();
        List<String> paths = names(spec.seq("volumes").structs(), v -> v.has("hostPath"));
        addViolation("hostPath volumes", paths, named("volume", paths));
        checkUsed("hostPort", "hostPorts", "hostPort", c -> c.seq("ports").structs().stream()
                .map(p -> p.whole("hostPort", 0)).filter(p -> p != 0).map(String::valueOf).toList());
        if (minor >= 34) {
            checkUsed("probe or lifecycle host", "probe or lifecycle hosts", "probe or lifecycle host",
                    c -> hosts(c).stream().map(h -> "\"" + h + "\"").toList());
        }
        checkContainers("privileged", "must not set securityContext.privileged=true",
                c -> context(c).flag("privileged"));
        if (restricted || !userNamespace) {
            checkContainers("procMount", "must not set securityContext.procMount to \"Unmasked\"",
                    c -> !context(c).text("procMount", "Default").equals("Default"));
        }
        seLinux();
        if (!restricted) {
            checkPodAndContainers("seccompProfile",
                    "must not set securityContext.seccompProfile.type to \"Unconfined\"",
                    c -> profile(c).equals("Unconfined"));
        }
        List<String> sysctls = podContext.seq("sysctls").structs().stream().map(s -> s.text("name"))
                .filter(n -> !PodSecurityTables.SYSCTLS.containsKey(n) || PodSecurityTables.SYSCTLS.get(n) > minor)
                .toList();
        addViolation("forbidden sysctls", sysctls, String.join(", ", sysctls));
        checkPodAndContainers("hostProcess", "must not set securityContext.windowsOptions.hostProcess=true",
                c -> c.struct("windowsOptions").flag("hostProcess"));
    }

    private void hostNamespaces() {
        List<String> host = List.of("hostNetwork", "hostPID", "hostIPC").stream().filter(spec::flag)
                .map(f -> f + "=true").toList();
        addViolation("host namespaces", host, String.join(", ", host));
    }

    private void appArmor() {
        Set<String> types = new TreeSet<>();
        List<String> who = new ArrayList<>();
        setters(c -> {
            String type = c.struct("appArmorProfile").text("type");
            boolean wrong = !Set.of("", "RuntimeDefault", "Localhost").contains(type);
            if (wrong) {
                types.add(type);
            }
            return wrong;
        }).ifPresent(who::add);
        List<String> noted = annotations.names().stream().filter(n -> n.startsWith(APP_ARMOR)).filter(n -> {
            String profile = annotations.text(n);
            return !profile.isEmpty() && !profile.equals("runtime/default") && !profile.startsWith("localhost/");
        }).map(n -> n + "=\"" + annotations.text(n) + "\"").sorted().toList();
        if (!noted.isEmpty()) {
            who.add(noted.size() > 1 ? "annotations" : "annotation");
        }
        List<String> values = new ArrayList<>(types);
        values.addAll(noted);
        addViolation("forbidden AppArmor profile" + (values.size() > 1 ? "s" : ""), who,
                String.join(" and ", who) + " must not set AppArmor profile type to " + quoted(values));
    }

    private void seLinux() {
        Set<String> types = new TreeSet<>();
        Set<String> set = new TreeSet<>(Comparator.reverseOrder());
        Predicate<Struct> bad = c -> {
            Struct options = c.struct("seLinuxOptions");
            boolean wrong = !PodSecurityTables.SELINUX_TYPES.contains(options.text("type"));
            if (wrong) {
                types.add(options.text("type"));
            }
            List<String> filled = Stream.of("user", "role").filter(field -> !options.text(field).isEmpty()).toList();
            set.addAll(filled);
            return wrong || !filled.isEmpty();
        };
        setters(bad).ifPresent(who -> {
            List<String> details = new ArrayList<>();
            if (!types.isEmpty()) {
                details.add((types.size() > 1 ? "types " : "type ") + quoted(types));
            }
            set.forEach(field -> details.add(field + " may not be set"));
            found.add("seLinuxOptions (" + who + " set forbidden securityContext.seLinuxOptions: "
                    + String.join("; ", details) + ")");
        });
    }

    private static List<String> hosts(Struct container) {
        List<Struct> handlers = new ArrayList<>();
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            handlers.add(container.struct(probe));
        }
        handlers.add(container.struct("lifecycle").struct("postStart"));
        handlers.add(container.struct("lifecycle").struct("preStop"));
        return handlers.stream().flatMap(h -> List.of("httpGet", "tcpSocket").stream().map(k -> h.struct(k)
                .text("host"))).filter(h -> !h.isEmpty()).toList();
    }

    private void restricted() {
        if (!windows) {
            checkContainers("allowPrivilegeEscalation != false",
                    "must set securityContext.allowPrivilegeEscalation=false",
                    c -> context(c).flag("allowPrivilegeEscalation", true));
        }
        if (minor >= 22 && !windows) {
            List<String> kept = names(containers,
                    c -> !context(c).struct("capabilities").seq("drop").contains("ALL"));
            capabilities(PodSecurityTables.RESTRICTED_CAPABILITIES, "unrestricted capabilities",
                    kept.isEmpty() ? List.of() : List.of(named("container", kept)
                            + " must set securityContext.capabilities.drop=[\"ALL\"]"));
        }
        volumes();
        if (!userNamespace) {
            users();
        }
        if (!windows) {
            checkInherited("seccompProfile", "must not set securityContext.seccompProfile.type to \"Unconfined\"",
                    c -> profile(c).equals("Unconfined"),
                    "must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
                    c -> profile(c).isEmpty());
        }
    }

    private void users() {
        checkInherited("runAsNonRoot != true", "must not set securityContext.runAsNonRoot=false",
                c -> c.has("runAsNonRoot") && !c.flag("runAsNonRoot"), "must set securityContext.runAsNonRoot=true",
                c -> !c.has("runAsNonRoot"));
        if (minor >= 23) {
            checkPodAndContainers("runAsUser=0", "must not set runAsUser=0",
                    c -> c.has("runAsUser") && c.whole("runAsUser", 1) == 0);
        }
    }

    private void capabilities(Set<String> allowed, String rule, List<String> others) {
        Set<String> added = new TreeSet<>();
        List<String> wrong = new ArrayList<>(others);
        List<String> who = names(containers, c -> {
            List<String> more = context(c).struct("capabilities").seq("add").texts().stream()
                    .filter(a -> !allowed.contains(a)).toList();
            added.addAll(more);
            return !more.isEmpty();
        });
        if (!who.isEmpty()) {
            wrong.add(named("container", who) + " must not include " + quoted(added)
                    + " in securityContext.capabilities.add");
        }
        addViolation(rule, wrong, String.join("; ", wrong));
    }

    private void volumes() {
        Set<String> types = new TreeSet<>();
        List<String> wrong = names(spec.seq("volumes").structs(), v -> {
            List<String> others = v.names().stream()
                    .filter(t -> !t.equals("name") && !PodSecurityTables.VOLUMES.contains(t)).toList();
            types.addAll(others);
            return !others.isEmpty();
        });
        addViolation("restricted volume types", wrong, named("volume", wrong) + (wrong.size() > 1 ? " use" : " uses")
                + " restricted volume type" + (types.size() > 1 ? "s " : " ") + quoted(types));
    }

    private static String profile(Struct context) {
        return context.struct("seccompProfile").text("type");
    }

    private void addViolation(String rule, List<String> wrong, String detail) {
        if (!wrong.isEmpty()) {
            found.add(rule + " (" + detail + ")");
        }
    }

    private static List<String> names(List<Struct> all, Predicate<Struct> wrong) {
        return all.stream().filter(wrong).map(c -> c.text("name")).toList();
    }

    private static String quoted(Collection<String> names) {
        return String.join(", ", names.stream().map(n -> "\"" + n + "\"").toList());
    }

    private static String named(String what, List<String> names) {
        return what + (names.size() > 1 ? "s " : " ") + quoted(names);
    }

    /// The subjects with a wrong security context, as messages name them: the pod, its containers, or both.
    private Optional<String> setters(Predicate<Struct> wrong) {
        List<String> all = new ArrayList<>();
        if (wrong.test(podContext)) {
            all.add("pod");
        }
        List<String> names = names(containers, c -> wrong.test(context(c)));
        if (!names.isEmpty()) {
            all.add(named("container", names));
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(String.join(" and ", all));
    }

    private void checkPodAndContainers(String rule, String must, Predicate<Struct> wrong) {
        setters(wrong).ifPresent(who -> found.add(rule + " (" + who + " " + must + ")"));
    }

    private void checkContainers(String rule, String must, Predicate<Struct> wrong) {
        List<String> names = names(containers, wrong);
        addViolation(rule, names, named("container", names) + " " + must);
    }

    private void checkUsed(String one, String many, String rule, Function<Struct, List<String>> what) {
        Set<String> values = new TreeSet<>();
        List<String> names = names(containers, c -> values.addAll(what.apply(c)) || !what.apply(c).isEmpty());
        addViolation(rule, names, named("container", names) + (names.size() > 1 ? " use " : " uses ")
                + (values.size() > 1 ? many : one) + " " + String.join(", ", values));
    }

    /// Checks a field that containers inherit from the pod: reports first the subjects that set it wrong, the pod also
    /// where no container inherits it, else the containers for which neither level sets it.
    private void checkInherited(String rule, String mustNot, Predicate<Struct> wrong, String must,
            Predicate<Struct> unset) {
        List<String> without = unset.test(podContext) ? names(containers, c -> unset.test(context(c)))
                : List.of();
        setters(wrong).ifPresentOrElse(who -> found.add(rule + " (" + who + " " + mustNot + ")"),
                () -> addViolation(rule, without, "pod or " + named("container", without) + " " + must));
    }
}
