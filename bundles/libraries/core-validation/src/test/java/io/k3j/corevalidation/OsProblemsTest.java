package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OsProblemsTest {
    private static final Struct WINDOWS = Struct.of("os", Struct.of("name", "windows"));
    private static final String FORBIDDEN = ": Forbidden: cannot be set for a windows pod";

    private static List<String> found(Struct spec) {
        Struct container = Struct.of("name", "c", "image", "i", "imagePullPolicy", "Always",
                "terminationMessagePolicy", "File");
        Struct valid = Struct.of("containers", Seq.of(container), "restartPolicy", "Always", "dnsPolicy",
                "ClusterFirst");
        Struct.Builder b = valid.toBuilder();
        spec.forEach(b::put);
        Struct whole = spec.has("containers") ? b.put("containers", Seq.copyOf(spec.seq("containers").structs().stream()
                .map(c -> c.with("image", "i").with("imagePullPolicy", "Always").with("terminationMessagePolicy",
                        "File"))
                .toList())).build() : b.build();
        return Case.found(p -> PodProblems.spec(whole, p));
    }

    @Test
    void aPodNamesOneOfTwoSystems() {
        assertThat(found(WINDOWS)).isEmpty();
        assertThat(found(Struct.of("os", Struct.of("name", "linux")))).isEmpty();
        assertThat(found(Struct.of("os", Struct.EMPTY))).containsExactly("os.name: Required value");
        assertThat(found(Struct.of("os", Struct.of("name", "plan9"))))
                .containsExactly("os: Unsupported value: \"plan9\": supported values: \"linux\", \"windows\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"seccompProfile", "appArmorProfile", "seLinuxOptions", "capabilities", "privileged",
            "allowPrivilegeEscalation", "readOnlyRootFilesystem", "procMount", "runAsUser", "runAsGroup"})
    void aContainerOfWindowsHasNothingOfLinux(String field) {
        Object value = switch (field) {
            case "seccompProfile", "appArmorProfile" -> Struct.of("type", "RuntimeDefault");
            case "runAsUser", "runAsGroup" -> 1000;
            case "procMount" -> "Default";
            case "seLinuxOptions" -> Struct.of("type", "t");
            case "capabilities" -> Struct.of("add", Seq.of("SYS_ADMIN"));
            default -> true;
        };
        Struct container = Struct.of("name", "c", "securityContext", Struct.of(field, value));
        assertThat(found(WINDOWS.with("containers", Seq.of(container))))
                .containsExactly("containers[0].securityContext." + field + FORBIDDEN);
    }

    @Test
    void aPodOfWindowsHasNothingOfLinux() {
        Struct context = Struct.of("runAsNonRoot", true, "runAsUser", 1000, "fsGroup", 1, "seccompProfile",
                Struct.of("type", "RuntimeDefault"));
        assertThat(found(WINDOWS.with("securityContext", context).with("hostPID", true).with("hostIPC", false)
                .with("hostUsers", true))).containsExactlyInAnyOrder("securityContext.runAsUser" + FORBIDDEN,
                        "securityContext.fsGroup" + FORBIDDEN, "securityContext.seccompProfile" + FORBIDDEN,
                        "hostPID" + FORBIDDEN, "hostUsers" + FORBIDDEN);
    }

    @Test
    void aPodOfLinuxHasNothingOfWindows() {
        Struct options = Struct.of("windowsOptions", Struct.of("hostProcess", true));
        assertThat(found(Struct.of("os", Struct.of("name", "linux"), "securityContext", options, "containers",
                Seq.of(Struct.of("name", "c", "securityContext", options))))).containsExactly(
                        "hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess"
                                + " containers",
                        "securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod",
                        "containers[0].securityContext.windowsOptions: Forbidden: windows options cannot be set for a"
                                + " linux pod");
    }
}
