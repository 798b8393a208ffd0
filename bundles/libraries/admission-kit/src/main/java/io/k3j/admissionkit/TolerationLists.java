package io.k3j.admissionkit;

import static io.k3j.validation.AdmissionConfiguration.require;
import static io.k3j.validation.AdmissionConfiguration.requireKnown;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The PodTolerationRestriction section of the file `--kube-apiserver-arg=admission-control-config-file`, a
/// `Configuration` of `podtolerationrestriction.admission.k8s.io/v1alpha1`, and how lists of tolerations are put
/// together and held against each other, as upstream's `util/tolerations`. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#podtolerationrestriction>. Pure.
///
/// @param otherwise what pods of namespaces without tolerations of their own get
/// @param whitelist what they may have; empty: anything
public record TolerationLists(Seq otherwise, Seq whitelist) {
    /// Without a section in the file.
    public static final TolerationLists NONE = new TolerationLists(Seq.EMPTY, Seq.EMPTY);
    /// Each is compared with each.
    public static final int MOST = 1_000;
    private static final String GROUP = "podtolerationrestriction.admission.k8s.io/";

    /// @throws IllegalArgumentException for another kind and for a field that nobody knows
    public static TolerationLists of(Struct it) {
        require(it.text("apiVersion").startsWith(GROUP) && it.text("kind").equals("Configuration"),
                "the configuration of PodTolerationRestriction must be a Configuration of " + GROUP + "v1alpha1");
        requireKnown(it, Set.of("apiVersion", "kind", "default", "whitelist"), "configuration");
        return new TolerationLists(it.seq("default"), it.seq("whitelist"));
    }

    /// A list as annotations of namespaces have it; an empty text is an empty list, in place of the cluster's.
    /// @return null where the annotation is not there
    /// @throws IllegalArgumentException for what is no list of tolerations, or too long a one
    public static @Nullable Seq parsed(@Nullable String annotation) {
        if (annotation == null || annotation.isEmpty()) {
            return annotation == null ? null : Seq.EMPTY;
        }
        try {
            Object value = Json.value(annotation.getBytes(StandardCharsets.UTF_8));
            require(value instanceof Seq list && list.structs().size() == list.size() && list.size() <= MOST,
                    "it must be a list of at most " + MOST + " tolerations in JSON");
            return (Seq) value;
        } catch (MalformedInput e) {
            throw new IllegalArgumentException("it must be a list of tolerations in JSON: " + e.getMessage(), e);
        }
    }

    /// Both lists, without what another one of them covers.
    public static Seq merged(Seq first, Seq second) {
        List<Struct> all = new ArrayList<>(first.structs());
        all.addAll(second.structs());
        List<Struct> merged = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Struct each = all.get(i);
            boolean covered = merged.stream().anyMatch(m -> covers(m, each)) || all.subList(i + 1, all.size()).stream()
                    .anyMatch(later -> !later.equals(each) && covers(later, each));
            if (!covered) {
                merged.add(each);
            }
        }
        return Seq.copyOf(merged);
    }

    /// Whether each toleration is covered by one that is allowed.
    public static boolean allowed(Seq tolerations, Seq whitelist) {
        return tolerations.structs().stream()
                .allMatch(t -> whitelist.structs().stream().anyMatch(allowed -> covers(allowed, t)));
    }

    /// Whether whatever one toleration tolerates the other does, for as long.
    private static boolean covers(Struct wide, Struct one) {
        boolean exists = wide.text("operator").equals("Exists");
        boolean key = one.text("key").equals(wide.text("key")) || wide.text("key").isEmpty() && exists;
        boolean effect = one.text("effect").equals(wide.text("effect")) || wide.text("effect").isEmpty();
        boolean time = !wide.text("effect").equals("NoExecute") || !wide.has("tolerationSeconds")
                || one.has("tolerationSeconds")
                        && one.whole("tolerationSeconds", 0) <= wide.whole("tolerationSeconds", 0);
        return wide.equals(one) || key && effect && time && (exists || equal(wide) && equal(one)
                && Objects.equals(one.text("value"), wide.text("value")));
    }

    private static boolean equal(Struct toleration) {
        return toleration.text("operator", "Equal").equals("Equal");
    }
}
