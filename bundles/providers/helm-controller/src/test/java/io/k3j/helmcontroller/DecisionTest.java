package io.k3j.helmcontroller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.helmcontroller.Releases.Revision;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecisionTest {
    private static Decision of(String status, String policy) {
        return Decision.of(Optional.of(new Revision(Obj.of(Struct.EMPTY), 1, status, "H")), "H", policy);
    }

    @Test
    void whatIsNotThereIsInstalled() {
        assertThat(Decision.of(Optional.empty(), "H", "abort").steps()).containsExactly("install");
    }

    @Test
    void aReleaseIsUpgradedWhenItIsMadeFromSomethingElse() {
        assertThat(of("deployed", "reinstall").steps()).isEmpty();
        assertThat(Decision.of(Optional.of(new Revision(Obj.of(Struct.EMPTY), 1, "deployed", "")), "H", "abort")
                .steps()).containsExactly("upgrade");
    }

    @ParameterizedTest
    @CsvSource({"failed,reinstall,uninstall install,false", "failed,retry,upgrade,false", "failed,abort,'',false",
            "pending-upgrade,abort,upgrade,true", "pending-install,reinstall,uninstall install,true",
            "pending-install,abort,'',true", "uninstalling,retry,upgrade,true",
            "unknown,reinstall,uninstall install,false"})
    void aFailedOneIsDealtWithByPolicy(String status, String policy, String steps, boolean interrupted) {
        Decision decision = of(status, policy);
        assertThat(String.join(" ", decision.steps())).isEqualTo(steps);
        assertThat(decision.interrupted()).isEqualTo(interrupted);
        assertThat(decision.stuck().isEmpty()).isEqualTo(!steps.isEmpty());
    }
}
