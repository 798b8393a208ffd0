package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Fuzzed responses are decoded or refused as damaged, within time and memory proportional to their length.
@Timeout(120)
class DamagedAnswersTest {
    private static final int ROUNDS = 20_000;
    private static final int LENGTH = 4 << 20;
    /// The bound on the time to read one value, garbage collection included.
    private static final long BYTES_PER_VALUE = 400;
    private static final long MOST_MEMORY = BYTES_PER_VALUE * Messages.MAX_VALUES + 4L * LENGTH;
    private final Messages messages = new Messages();
    private final Random random = new Random(1);

    private byte[] good() {
        Struct one = Struct.of("id", "0123456789abcdef", "metadata", Struct.of("name", "web", "attempt", 3), "state",
                "CONTAINER_EXITED", "createdAt", 1_700_000_000_000_000_000L, "labels", Map.of("app", "web", "b", "ä"),
                "image", Struct.of("image", "x:1"));
        return messages.encode("ListContainersResponse", Struct.of("containers", Seq.of(one, one)));
    }

    private static List<String> names() throws IOException {
        try (InputStream in = Objects.requireNonNull(Messages.class.getResourceAsStream("cri.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(l -> l.startsWith("message "))
                    .map(l -> l.split(" ")[1]).toList();
        }
    }

    private boolean understood(String message, byte[] bytes) {
        try {
            messages.decode(message, bytes);
            return true;
        } catch (RuntimeFault e) {
            assertThat(e.kind()).isEqualTo(RuntimeFault.Kind.FAILED);
            assertThat(e.getMessage()).contains("damaged");
            return false;
        }
    }

    @Test
    void damagedAnswersAreReadOrRefused() {
        int understood = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] good = good();
            byte[] damaged = random.nextInt(4) == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good;
            for (int n = random.nextInt(3); n >= 0 && damaged.length > 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            understood += understood("ListContainersResponse", damaged) ? 1 : 0;
        }
        assertThat(understood).isBetween(1, ROUNDS - 1);
    }

    @Test
    void randomBytesAreReadOrRefused() throws IOException {
        for (String name : names()) {
            for (int i = 0; i < 300; i++) {
                byte[] bytes = new byte[random.nextInt(60)];
                random.nextBytes(bytes);
                understood(name, bytes);
            }
        }
    }

    @Test
    void aMessageThatEndsInsideANumberIsRefused() {
        assertThat(understood("VersionResponse", new byte[] {10, 1, 'x', 0x19, 1})).isFalse();
        assertThat(understood("VersionResponse", new byte[] {10, 1, 'x', 0x1d, 1})).isFalse();
    }

    /// Otherwise it would get the value of the previous field.
    @Test
    void aNumberInsteadOfATextIsRefused() {
        assertThat(understood("VersionResponse", new byte[] {10, 1, 'x', 0x10, 1})).isFalse();
        assertThat(understood("ContainerStatus", new byte[] {0x18, 1, 0x22, 1, 'x'})).isFalse();
    }

    /// Otherwise it would hide the fields after it.
    @Test
    void invalidFieldNumbersAreRefused() {
        assertThat(understood("VersionResponse", new byte[] {0, 0, 10, 1, 'x'})).isFalse();
    }

    @Test
    void manyValuesAreRefusedBeforeTheyFillTheMemory() {
        byte[] containers = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i += 2) {
            containers[i] = 10;
        }
        refusedWithinTheBound("ListContainersResponse", containers);
        byte[] packed = new byte[LENGTH];
        packed[0] = 0x2a;
        System.arraycopy(new byte[] {(byte) 0xfb, (byte) 0xff, (byte) 0xff, 1}, 0, packed, 1, 4);
        refusedWithinTheBound("LinuxSandboxSecurityContext", packed);
    }

    /// A long field followed by many fields that repeat it.
    @Test
    void aFieldIsReadOnce() {
        byte[] bytes = new byte[LENGTH];
        System.arraycopy(messages.encode("ListContainersResponse", Struct.of("containers", Seq.of(
                Struct.of("id", "x".repeat(LENGTH / 2))))), 0, bytes, 0, LENGTH / 2 + 10);
        for (int i = LENGTH / 2 + 10; i < LENGTH; i += 2) {
            bytes[i] = 8;
        }
        refusedWithinTheBound("ListContainersResponse", bytes);
    }

    private void refusedWithinTheBound(String message, byte[] bytes) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> messages.decode(message, bytes)).isInstanceOf(RuntimeFault.class);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_MEMORY);
    }

    /// Nesting is bounded by the table, not by the bytes.
    @Test
    void nestingEndsWithTheTable() throws IOException {
        byte[] nested = new byte[0];
        for (int i = 0; i < 2_000; i++) {
            byte[] around = new byte[nested.length + 6];
            around[0] = 10;
            for (int at = 0; at < 5; at++) {
                around[1 + at] = (byte) (nested.length >>> 7 * at & 127 | (at < 4 ? 128 : 0));
            }
            System.arraycopy(nested, 0, around, 6, nested.length);
            nested = around;
        }
        for (String name : names()) {
            understood(name, nested);
        }
    }
}
