package io.k3j.admissionkit;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which Secrets the pods of a ServiceAccount may refer to: with the annotation
/// `kubernetes.io/enforce-mountable-secrets` those that it names (Kubernetes: "Service Accounts", "Enforce mountable
/// secrets"). Pure; any thread; in upstream's words.
public final class MountableSecrets {
    private static final String ENFORCE = "kubernetes.io/enforce-mountable-secrets";
    /// What Go takes for true.
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private final String account;
    private final Set<String> secrets;
    private final Set<String> pullSecrets;

    private MountableSecrets(Obj account) {
        this.account = account.name();
        this.secrets = names(account.tree(), "secrets");
        this.pullSecrets = names(account.tree(), "imagePullSecrets");
    }

    /// Those of an account that says so; empty for one that does not.
    public static Optional<MountableSecrets> of(Obj account) {
        return TRUE.contains(account.annotations().getOrDefault(ENFORCE, ""))
                ? Optional.of(new MountableSecrets(account)) : Optional.empty();
    }

    private static Set<String> names(Struct object, String list) {
        return object.seq(list).structs().stream().map(s -> s.text("name")).collect(Collectors.toUnmodifiableSet());
    }

    /// Why a new pod is refused; empty: it is not.
    ///
    /// @param spec of the pod
    public Optional<String> problem(Struct spec) {
        return spec.seq("volumes").structs().stream().filter(v -> v.has("secret"))
                .map(v -> v.struct("secret").text("secretName")).filter(name -> !secrets.contains(name)).findFirst()
                .map(name -> "volume with secret.secretName=\"" + name + "\" is not allowed because service account "
                        + account + " does not reference that secret")
                .or(() -> containers(spec, "initContainers", "init container "))
                .or(() -> containers(spec, "containers", "container ")).or(() -> pulls(spec));
    }

    /// The same of containers that are added to one.
    public Optional<String> ephemeralProblem(Struct spec) {
        return containers(spec, "ephemeralContainers", "ephemeral container ");
    }

    private Optional<String> containers(Struct spec, String list, String called) {
        return spec.seq(list).structs().stream()
                .flatMap(c -> container(c, called + c.text("name")).stream()).findFirst();
    }

    private Optional<String> container(Struct container, String called) {
        for (Struct env : container.seq("env").structs()) {
            Struct from = env.struct("valueFrom").struct("secretKeyRef");
            if (env.struct("valueFrom").has("secretKeyRef") && !secrets.contains(from.text("name"))) {
                return refused(called + " with envVar " + env.text("name"), from.text("name"));
            }
        }
        for (Struct from : container.seq("envFrom").structs()) {
            if (from.has("secretRef") && !secrets.contains(from.struct("secretRef").text("name"))) {
                return refused(called + " with envFrom", from.struct("secretRef").text("name"));
            }
        }
        return Optional.empty();
    }

    private Optional<String> refused(String what, String secret) {
        return Optional.of(what + " referencing secret.secretName=\"" + secret
                + "\" is not allowed because service account " + account + " does not reference that secret");
    }

    private Optional<String> pulls(Struct spec) {
        List<Struct> asked = spec.seq("imagePullSecrets").structs();
        for (int i = 0; i < asked.size(); i++) {
            String name = asked.get(i).text("name");
            if (!pullSecrets.contains(name)) {
                return Optional.of("imagePullSecrets[" + i + "].name=\"" + name
                        + "\" is not allowed because service account " + account
                        + " does not reference that imagePullSecret");
            }
        }
        return Optional.empty();
    }
}
