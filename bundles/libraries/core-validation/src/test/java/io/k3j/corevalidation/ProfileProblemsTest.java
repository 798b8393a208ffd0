package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProfileProblemsTest {
    private static Struct profile(String type) {
        return Struct.of("type", type);
    }

    private static Struct local(String name) {
        return Struct.of("type", "Localhost", "localhostProfile", name);
    }

    static Stream<Case> seccomp() {
        String field = "seccompProfile";
        String name = "seccompProfile.localhostProfile: ";
        return Stream.of(Case.of(field, profile("RuntimeDefault")), Case.of(field, profile("Unconfined")),
                Case.of(field, local("profiles/a.json")),
                Case.of(field, profile("Mine"), "seccompProfile.type: Unsupported value: \"Mine\": supported values:"
                        + " \"Localhost\", \"RuntimeDefault\", \"Unconfined\""),
                Case.of(field, profile("Localhost"),
                        name + "Required value: must be set when seccomp type is Localhost"),
                Case.of(field, profile("Unconfined").with("localhostProfile", "a"),
                        name + "Invalid value: {\"Type\":\"Unconfined\",\"LocalhostProfile\":\"a\"}: can only be set"
                                + " when seccomp type is Localhost"),
                Case.of(field, local("/etc/a"), name + "Invalid value: \"/etc/a\": must be a relative path"),
                Case.of(field, local("a/../../b"), name + "Invalid value: \"a/../../b\": must not contain '..'"));
    }

    static Stream<Case> appArmor() {
        String field = "appArmorProfile";
        String name = "appArmorProfile.localhostProfile: ";
        return Stream.of(Case.of(field, profile("RuntimeDefault")), Case.of(field, local("k8s-a")),
                Case.of(field, profile("Mine"), "appArmorProfile.type: Unsupported value: \"Mine\": supported values:"
                        + " \"Localhost\", \"RuntimeDefault\", \"Unconfined\""),
                Case.of(field, profile("Localhost"),
                        name + "Required value: must be set when AppArmor type is Localhost"),
                Case.of(field, profile("Unconfined").with("localhostProfile", "a"),
                        name + "Invalid value: \"a\": can only be set when AppArmor type is Localhost"),
                Case.of(field, local(" a"), name + "Invalid value: \" a\": must not be padded with whitespace"),
                Case.of(field, local(" "), name + "Invalid value: \" \": must not be padded with whitespace"),
                Case.of(field, local("a".repeat(4096)), name + "Too long: may not be more than 4095 bytes"));
    }

    @ParameterizedTest
    @MethodSource({"seccomp", "appArmor"})
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        Struct context = Struct.of(c.field(), c.value());
        assertThat(Case.found(p -> {
            ProfileProblems.seccomp(context.struct("seccompProfile"), p.at("seccompProfile"));
            ProfileProblems.appArmor(context.struct("appArmorProfile"), p.at("appArmorProfile"));
        })).containsExactlyElementsOf(c.expected());
    }
}
