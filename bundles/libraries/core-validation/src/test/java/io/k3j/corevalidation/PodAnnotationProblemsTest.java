package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PodAnnotationProblemsTest {
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final String MIRROR = "kubernetes.io/config.mirror";
    private static final String SECCOMP = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
    private static final Struct SPEC = Struct.of("containers", Seq.of(Struct.of("name", "c")));

    private static List<String> found(Struct annotations, Struct before) {
        return Case.found(p -> PodAnnotationProblems.check(annotations, before, SPEC, p.at("a")));
    }

    static Stream<Case> annotations() {
        String cost = "a[" + COST + "]: Invalid value: ";
        return Stream.of(Case.of("other", "x"), Case.of(COST, "-2147483648"),
                Case.of(COST, "0"), Case.of(COST, "-05"),
                Case.of(COST, "007", cost + "\"007\": must be a 32bit integer"),
                Case.of(COST, "+1", cost + "\"+1\": must be a 32bit integer"),
                Case.of(COST, "2147483648", cost + "\"2147483648\": must be a 32bit integer"),
                Case.of(MIRROR, "h", "a[" + MIRROR + "]: Invalid value: \"h\": must set spec.nodeName if mirror pod"
                        + " annotation is set"),
                Case.of(SECCOMP, "runtime/default"), Case.of(SECCOMP, "localhost/a"),
                Case.of(SECCOMP, "mine", "a." + SECCOMP + ": Invalid value: \"mine\": must be a valid seccomp profile"),
                Case.of(SECCOMP, "localhost//a",
                        "a." + SECCOMP + ": Invalid value: \"/a\": must be a relative path"),
                Case.of(APP_ARMOR + "c", "runtime/default"),
                Case.of(APP_ARMOR + "d", "unconfined",
                        "a[" + APP_ARMOR + "d]: Invalid value: \"d\": container not found"),
                Case.of(APP_ARMOR + "c", "mine", "a[" + APP_ARMOR + "c]: Invalid value: \"mine\": invalid AppArmor"
                        + " profile name: \"mine\""));
    }

    @ParameterizedTest
    @MethodSource("annotations")
    void eachAnnotationIsRefusedInUpstreamsWords(Case c) {
        Struct annotations = Struct.of(c.field(), c.value());
        assertThat(found(annotations, Struct.EMPTY)).containsExactlyElementsOf(c.expected());
        assertThat(found(annotations, annotations)).isEmpty();
    }

    private static List<String> apart(String annotation, String value, Struct profile, String field) {
        Struct metadata = Struct.of("annotations", Struct.of(annotation, value));
        Struct spec = SPEC.with("securityContext", Struct.of(field, profile));
        return Case.found(p -> PodAnnotationProblems.match(metadata, spec, p));
    }

    @Test
    void anAnnotationAndItsFieldSayTheSame() {
        Struct own = Struct.of("type", "Localhost", "localhostProfile", "a");
        Struct none = Struct.of("type", "Unconfined");
        assertThat(apart(SECCOMP, "localhost/a", own, "seccompProfile")).isEmpty();
        assertThat(apart(SECCOMP, "unconfined", none, "seccompProfile")).isEmpty();
        assertThat(apart(SECCOMP, "localhost/b", own, "seccompProfile")).containsExactly("securityContext"
                + ".seccompProfile.localhostProfile: Forbidden: seccomp profile in annotation and field must match");
        assertThat(apart(SECCOMP, "runtime/default", none, "seccompProfile")).containsExactly("securityContext"
                + ".seccompProfile.type: Forbidden: seccomp type in annotation and field must match");
        assertThat(apart(APP_ARMOR + "c", "unconfined", none, "appArmorProfile")).isEmpty();
        assertThat(apart(APP_ARMOR + "c", "unconfined", own, "appArmorProfile")).containsExactly("containers[0]"
                + ".securityContext.appArmorProfile.type: Forbidden: apparmor type in annotation and field must match");
    }
}
