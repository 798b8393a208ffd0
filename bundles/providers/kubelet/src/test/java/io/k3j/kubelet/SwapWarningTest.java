package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Volumes in memory on a machine that swaps.
class SwapWarningTest extends PodScene {
    private boolean told() {
        tools.events().step();
        return api.list(Gvr.of("v1", "events"), Query.ALL).items().stream().map(e -> e.tree())
                .anyMatch(e -> e.text("reason").equals("PossibleMemoryBackedVolumesOnDisk")
                        && e.text("message").startsWith("The tmpfs noswap option is not supported. "));
    }

    @Test
    void areToldOfOnlyWhereTheyMayReachADisk() throws IOException, InterruptedException {
        Path swaps = Files.writeString(directory.resolve("swaps"), "Filename\tType\tSize\tUsed\tPriority\n");
        NodeParts.warnOfSwap(tools, swaps, _ -> false);
        Files.writeString(swaps, "Filename Type Size Used Priority\n/dev/sda2 partition 8388604 0 -2\n");
        NodeParts.warnOfSwap(tools, swaps, _ -> true);
        assertThat(told()).isFalse();
        NodeParts.warnOfSwap(tools, swaps, _ -> false);
        until(this::told);
    }
}
