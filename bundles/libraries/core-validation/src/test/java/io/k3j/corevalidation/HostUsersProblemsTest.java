package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostUsersProblemsTest {
    private static List<String> found(Struct spec) {
        return Case.found(p -> HostUsersProblems.check(spec, p));
    }

    @Test
    void aPodWithUsersOfItsOwnSharesNothingElseWithTheHost() {
        Struct shared = Struct.of("hostNetwork", true, "hostPID", true, "hostIPC", true, "initContainers",
                Seq.of(Struct.of("volumeDevices", Seq.of(Struct.of("name", "v")))));
        assertThat(found(shared)).isEmpty();
        assertThat(found(shared.with("hostUsers", true))).isEmpty();
        assertThat(found(shared.with("hostUsers", false))).containsExactly(
                "hostNetwork: Forbidden: when `hostUsers` is false", "HostPID: Forbidden: when `hostUsers` is false",
                "HostIPC: Forbidden: when `hostUsers` is false",
                "initContainers[0].volumeDevices: Forbidden: when `hostUsers` is false");
    }

    @Test
    void allOfProcIsForPodsWithUsersOfTheirOwn() {
        Struct open = Struct.of("containers",
                Seq.of(Struct.of("securityContext", Struct.of("procMount", "Unmasked"))));
        assertThat(found(open.with("hostUsers", false))).isEmpty();
        assertThat(found(open)).containsExactly("containers[0].securityContext.procMount: Invalid value: "
                + "\"Unmasked\": `hostUsers` must be false to use `Unmasked`");
    }
}
