package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.architecture.Baseline.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// A plug-in that was built for the last release runs with this one, or the version of a contract says that it does
/// not. `released.txt` is the `api.txt` of the last release; a release takes it over, nothing else does.
class BaselineTest {
    private static final String BEFORE = """
            version "1.2.0"
            public interface io.k3j.a.Door {
              public abstract void open();
            }
            """;

    @TestFactory
    Stream<DynamicTest> aBreakOfAContractIsToldByItsVersion() throws IOException {
        return Tree.rooms("contracts").entrySet().stream()
                .map(room -> DynamicTest.dynamicTest(room.getKey(), () -> isTold(room)));
    }

    private static void isTold(Map.Entry<String, Path> room) throws IOException {
        Baseline before = read(room.getValue(), "released.txt");
        Baseline now = read(room.getValue(), "api.txt");
        Change change = now.since(before, type -> isImplementedByOthers(room.getValue(), type));
        assertThat(now.tells(change, before))
                .as("%s has changed since its release as %s (%s), and its version %s does not say so: raise it in"
                        + " package-info", room.getKey(), before.version(), change, now.version())
                .isTrue();
    }

    private static Baseline read(Path room, String file) throws IOException {
        return Baseline.of(Files.readString(room.resolve(file)));
    }

    private static boolean isImplementedByOthers(Path room, String type) {
        String file = type.replaceAll("\\$.*", "").replace('.', '/') + ".java";
        try {
            return Files.readString(room.resolve("src/main/java").resolve(file)).contains("@ConsumerType");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Change after(String now) {
        return Baseline.of(now).since(Baseline.of(BEFORE), type -> true);
    }

    @Test
    void tellsABreakFromAnAddition() {
        assertThat(after(BEFORE)).isEqualTo(Change.NONE);
        assertThat(after(BEFORE.replace("void open()", "int open()"))).isEqualTo(Change.MAJOR);
        assertThat(after(BEFORE.replace("}", "  public default void close();\n}"))).isEqualTo(Change.MINOR);
        String demanding = BEFORE.replace("}", "  public abstract void close();\n}");
        assertThat(after(demanding)).isEqualTo(Change.MAJOR);
        assertThat(Baseline.of(demanding).since(Baseline.of(BEFORE), type -> false)).isEqualTo(Change.MINOR);
        assertThat(after(BEFORE + "public interface io.k3j.a.Key {\n  public abstract void turn();\n}\n"))
                .isEqualTo(Change.MINOR);
    }

    @Test
    void aVersionHasToGoAsFarAsTheChange() {
        Baseline before = Baseline.of(BEFORE);
        Baseline minor = Baseline.of(BEFORE.replace("1.2.0", "1.3.0"));
        Baseline major = Baseline.of(BEFORE.replace("1.2.0", "2.0.0"));
        Baseline older = Baseline.of(BEFORE.replace("1.2.0", "1.1.0"));
        assertThat(before.tells(Change.NONE, before)).isTrue();
        assertThat(before.tells(Change.MINOR, before)).isFalse();
        assertThat(minor.tells(Change.MINOR, before)).isTrue();
        assertThat(minor.tells(Change.MAJOR, before)).isFalse();
        assertThat(major.tells(Change.MAJOR, before)).isTrue();
        assertThat(older.tells(Change.NONE, before)).isFalse();
    }
}
