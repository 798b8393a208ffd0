package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What a contract promises stands beside it in `api.txt`, so that a change of it is seen as one: plugins are built against
/// these lines, and the version of their package follows them. `-Drewrite` brings the files up to date.
class ContractsTest {
    private static final Path BUNDLES = Path.of("../../bundles/contracts");

    @TestFactory
    Stream<DynamicTest> contractsAreAsWritten() {
        return Rooms.CONTRACTS.keySet().stream().sorted()
                .map(room -> DynamicTest.dynamicTest(room, () -> isAsWritten(room)));
    }

    private static void isAsWritten(String room) throws IOException {
        Path file = bundle(room).resolve("api.txt");
        String made = version(room) + api(room);
        if (Boolean.getBoolean("rewrite")) {
            Files.writeString(file, made);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as("the contract %s has changed; when it was meant to, set the version in its package-info and run"
                        + " mvn -pl itests/architecture test -Drewrite=true", room)
                .isEqualTo(made);
    }

    private static Path bundle(String room) throws IOException {
        try (Stream<Path> all = Files.list(BUNDLES)) {
            return all.filter(one -> one.getFileName().toString().replace("-", "").equals(room)).findFirst()
                    .orElseThrow();
        }
    }

    private static String version(String room) throws IOException {
        Path about = bundle(room).resolve("src/main/java/io/k3j/" + room + "/package-info.java");
        return Files.readString(about).lines().filter(line -> line.contains("@Version(")).findFirst()
                .orElseThrow(() -> new AssertionError(about + " names no @Version"))
                .replaceAll(".*@Version\\(", "version ")
                .replace(")", "\n");
    }

    /// Everything others can name, as the compiler shows it, types in order of their names.
    private static String api(String room) {
        List<String> words = new ArrayList<>(
                List.of("-protected", "-constants", "-cp", System.getProperty("java.class.path")));
        new ClassFileImporter().importPackages("io.k3j." + room).stream().filter(ContractsTest::isOpen)
                .map(JavaClass::getName).sorted().forEach(words::add);
        StringWriter told = new StringWriter();
        ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
        try (PrintWriter out = new PrintWriter(told)) {
            assertThat(javap.run(out, out, words.toArray(String[]::new))).as(told.toString()).isZero();
        }
        return told.toString().lines().filter(line -> !line.startsWith("Compiled from"))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /// A type in a closed one is closed.
    private static boolean isOpen(JavaClass type) {
        Optional<JavaClass> around = type.getEnclosingClass();
        return type.getModifiers().contains(JavaModifier.PUBLIC) && !type.isAnonymousClass()
                && around.map(ContractsTest::isOpen).orElse(true);
    }
}
