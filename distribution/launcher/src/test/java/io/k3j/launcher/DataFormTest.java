package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFormTest {
    @TempDir
    Path dir;

    @Test
    void anOlderReleaseRefusesWhatANewerOneHasWritten() throws IOException, StartFailure {
        DataForm.refuseNewer(dir.resolve("fresh"));
        DataDir.take(dir).close();
        DataForm.refuseNewer(dir);
        DataForm.record(dir);
        assertThat(dir.resolve("bundles/data-form")).hasContent(DataForm.OWN + "\n");
        DataForm.refuseNewer(dir);
        Files.writeString(dir.resolve("bundles/data-form"), DataForm.OWN + 1 + "\n");
        assertThatThrownBy(() -> DataForm.refuseNewer(dir)).isInstanceOf(StartFailure.class)
                .hasMessageContaining("was written by a newer release").hasMessageContaining("restore a snapshot")
                .hasMessageContaining("delete " + dir.resolve("bundles/data-form"));
    }

    @Test
    void aDamagedFileIsNoPermission() throws IOException, StartFailure {
        DataDir.take(dir).close();
        for (String damage : new String[] {"", "x", "1".repeat(20)}) {
            Files.writeString(dir.resolve("bundles/data-form"), damage);
            assertThatThrownBy(() -> DataForm.refuseNewer(dir)).as(damage).isInstanceOf(StartFailure.class)
                    .hasMessageContaining("data-form is damaged");
        }
    }
}
