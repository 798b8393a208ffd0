package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Arguments come by a pipe; `InstallScriptTest` of the assembly is about the script that fills it.
class HandedOverTest {
    @Test
    void withoutAPipeTheCommandLineIsAll() {
        assertThat(HandedOver.after(List.of("server", "--debug"), "")).containsExactly("server", "--debug");
    }

    @Test
    void aPipeThatIsNotThereIsTold() {
        assertThatThrownBy(() -> HandedOver.after(List.of("server"), "987654")).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("cannot read the arguments");
    }
}
