package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/// The time of day of programs that are started with its environment: that of the machine, and more by what [#step]
/// says. Their monotonic clock goes on, as it does when somebody sets a machine's clock.
final class SteppedClock {
    private static final Duration COMPILED = Duration.ofSeconds(120);
    private final Path seconds;
    private final Path library;

    private SteppedClock(Path seconds, Path library) {
        this.seconds = seconds;
        this.library = library;
    }

    /// Compiles what does it, in the machine's directory.
    static SteppedClock on(Machine machine) throws IOException, InterruptedException {
        SteppedClock clock = new SteppedClock(machine.dir().resolve("clock"), machine.dir().resolve("clock.so"));
        Path source = machine.dir().resolve("clock.c");
        try (InputStream c = SteppedClock.class.getResourceAsStream("stepped-clock.c")) {
            Files.copy(Objects.requireNonNull(c), source);
        }
        clock.step(Duration.ZERO);
        String gcc = "gcc -shared -fPIC -O2 -Wall -o " + clock.library + " " + source;
        assertThat(machine.run(COMPILED, gcc).text()).as(gcc).isEmpty();
        return clock;
    }

    /// For the program that is to live by it, and those it starts.
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "STEPPED_CLOCK", seconds.toString());
    }

    /// From now on it is that much ahead of the machine's.
    void step(Duration ahead) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0,
                ahead.toSeconds());
        try (FileChannel file = FileChannel.open(seconds, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(bytes, 0);
        }
    }
}
