package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PodSecurityProblemsTest {
    private static final String OPTIONS = "securityContext.windowsOptions.";

    private static List<String> found(Struct spec) {
        return Case.found(p -> PodSecurityProblems.check(spec, p));
    }

    static Stream<Case> fields() {
        String at = "securityContext.";
        return Stream.of(Case.of("supplementalGroups", Seq.of(0L, -1L),
                at + "supplementalGroups[1]: Invalid value: -1: must be between 0 and 2147483647, inclusive"),
                Case.of("fsGroupChangePolicy", "OnRootMismatch"),
                Case.of("fsGroupChangePolicy", "Never", at + "fsGroupChangePolicy: Unsupported value: \"Never\":"
                        + " supported values: \"Always\", \"OnRootMismatch\""),
                Case.of("supplementalGroupsPolicy", "Strict"),
                Case.of("supplementalGroupsPolicy", "", at + "supplementalGroupsPolicy: Unsupported value: \"\":"
                        + " supported values: \"Merge\", \"Strict\""),
                Case.of("seLinuxChangePolicy", "Recursive"),
                Case.of("seLinuxChangePolicy", "Mine", at + "seLinuxChangePolicy: Unsupported value: \"Mine\":"
                        + " supported values: \"MountOption\", \"Recursive\""),
                Case.of("sysctls", Seq.of(Struct.of("name", "a"), Struct.of("name", "a")),
                        at + "sysctls[1].name: Duplicate value: \"a\""));
    }

    private static Case user(String name, String... expected) {
        return Case.of("windowsOptions", Struct.of("runAsUserName", name), Stream.of(expected)
                .map(why -> OPTIONS + "runAsUserName: Invalid value: \"" + name.replace("\\", "\\\\") + "\":"
                        + " runAsUserName" + why)
                .toArray(String[]::new));
    }

    static Stream<Case> users() {
        return Stream.of(user("a"), user("NT AUTHORITY\\system"), user("a.example\\b"), user("", " cannot be an empty"
                + " string"), user("a\\b\\c", " cannot contain more than one backslash"),
                user("a\\", "'s User cannot be empty"), user("..", "'s User cannot contain only periods or spaces"),
                user("u".repeat(105), "'s User length must not be longer than 104 characters"),
                user("a:b\\c", "'s Domain doesn't match the NetBios nor the DNS format"));
    }

    @ParameterizedTest
    @MethodSource({"fields", "users"})
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        assertThat(found(Struct.of("securityContext", Struct.of(c.field(), c.value()))))
                .containsExactlyElementsOf(c.expected());
    }

    @Test
    void whatIsSharedWithTheHostIsTheHostsToSet() {
        Struct context = Struct.of("sysctls", Seq.of(Struct.of("name", "net/ipv4/ip_forward"),
                Struct.of("name", "kernel.shmmax"), Struct.of("name", "kernel.other")));
        Struct spec = Struct.of("securityContext", context);
        assertThat(found(spec)).isEmpty();
        assertThat(found(spec.with("hostNetwork", true))).containsExactly("securityContext.sysctls[0].name: Invalid"
                + " value: \"net/ipv4/ip_forward\": may not be specified when 'hostNetwork' is true");
        assertThat(found(spec.with("hostIPC", true))).containsExactly("securityContext.sysctls[1].name: Invalid"
                + " value: \"kernel.shmmax\": may not be specified when 'hostIPC' is true");
    }

    @Test
    void allContainersAreProcessesOfTheHostOrNone() {
        Struct host = Struct.of("windowsOptions", Struct.of("hostProcess", true));
        Struct container = Struct.of("name", "a", "securityContext", host);
        Struct spec = Struct.of("containers", Seq.of(container, Struct.of("name", "b")));
        assertThat(Case.found(p -> WindowsProblems.hostProcess(spec, p.at("spec")))).containsExactly(
                "spec: Invalid value: \"\": If pod contains any hostProcess containers then all containers must be"
                        + " HostProcess containers",
                "spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess"
                        + " containers");
        Struct all = spec.with("securityContext", host).with("hostNetwork", true);
        assertThat(Case.found(p -> WindowsProblems.hostProcess(all, p))).isEmpty();
        Struct none = all.withAt(false, "securityContext", "windowsOptions", "hostProcess");
        assertThat(Case.found(p -> WindowsProblems.hostProcess(none, p))).contains(
                "containers[0].securityContext.windowsOptions.hostProcess: Invalid value: true: pod hostProcess value"
                        + " must be identical if both are specified, was false");
    }
}
