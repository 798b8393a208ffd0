package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.K3sProcess;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a release publishes for those who build against it.
class PublishedItest {
    private static final Path PUBLISHED = K3sProcess.distribution().resolve("share/maven/io/k3j");
    private static final Set<String> CONTRACTS = Set.of("io.k3j.apiserverapi", "io.k3j.celapi", "io.k3j.clientapi",
            "io.k3j.componentapi", "io.k3j.datastoreapi", "io.k3j.edgeapi", "io.k3j.model", "io.k3j.nodeapi");
    private static final String CONSUMER = """
            package com.example.consumer;
            import io.k3j.apiserverapi.Admission;
            import io.k3j.apiserverapi.Write;
            import io.k3j.clientapi.ApiClient;
            import io.k3j.componentapi.Health;
            public record Consumer(ApiClient api, Health health) implements Admission {
                public String name() { return "Consumer"; }
                public boolean handles(Write write) { return write.of("scale") && write.kind().namespaced(); }
            }
            """;
    private static final String DRIVER_TEST = """
            package com.example.driver;
            import io.k3j.datastoreapi.Datastore;
            import io.k3j.datastoreconformance.*;
            import io.k3j.datastorememory.MemoryDatastore;
            final class DriverTest implements CommitGuarantees, ReadGuarantees, WatchGuarantees, CompactionGuarantees,
                    LifetimeGuarantees, ConcurrencyGuarantees, Simulation {
                private final Datastore store = new MemoryDatastore();
                @Override
                public Datastore store() { return store; }
            }
            """;
    private static final String OURS = "<groupId>io.k3j</groupId><artifactId>";
    /// Of the class path of this test, what the suites are written with.
    private static final Set<String> FRAMEWORKS = Set.of("junit-jupiter", "junit-platform", "assertj", "apiguardian",
            "opentest4j");
    @TempDir
    private Path home;

    private static List<Path> files(String suffix) throws IOException {
        try (Stream<Path> walk = Files.walk(PUBLISHED)) {
            return walk.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private static List<Path> jars() throws IOException {
        return files("-0.1.0.jar");
    }

    @Test
    void everyJarHasItsPomItsSourcesAndItsChecksums() throws IOException {
        assertThat(jars()).hasSizeGreaterThan(CONTRACTS.size()).allSatisfy(jar -> {
            String name = jar.getFileName().toString().replace(".jar", "");
            assertThat(jar.resolveSibling(name + ".pom")).content().doesNotContain("<parent>", "${");
            assertThat(jar.resolveSibling(name + ".jar.sha1")).exists();
            try (JarFile sources = new JarFile(jar.resolveSibling(name + "-sources.jar").toFile())) {
                assertThat(sources.stream().map(entry -> entry.getName())).anyMatch(entry -> entry.endsWith(".java"));
            }
        });
        assertThat(files("k3j-bom-0.1.0.pom")).hasSize(1);
    }

    private static String modulePath() throws IOException {
        return jars().stream().map(Path::toString).filter(jar -> !jar.contains("testkit"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void contractsAreModulesThatResolve() throws IOException {
        ModuleFinder finder = ModuleFinder.of(Stream.of(modulePath().split(File.pathSeparator)).map(Path::of)
                .toArray(Path[]::new));
        Configuration resolved = ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), CONTRACTS);
        assertThat(resolved.modules()).extracting(module -> module.name()).containsAll(CONTRACTS);
        assertThat(CONTRACTS).allSatisfy(name -> assertThat(finder.find(name).orElseThrow().descriptor().isAutomatic())
                .isFalse());
    }

    @Test
    void aModuleCompilesAgainstThem() throws IOException {
        Path descriptor = Files.writeString(home.resolve("module-info.java"),
                "module com.example.consumer { requires io.k3j.apiserverapi; requires io.k3j.clientapi;"
                        + " requires io.k3j.componentapi; exports com.example.consumer; }");
        Path source = Files.writeString(home.resolve("Consumer.java"), CONSUMER);
        compiles(List.of("--module-path", modulePath(), "-d", home.resolve("out").toString(), descriptor.toString(),
                source.toString()));
        assertThat(home.resolve("out/com/example/consumer/Consumer.class")).exists();
    }

    @Test
    void whatOneNeedsOfTheOthersIsPublishedToo() throws IOException {
        for (Path pom : files(".pom")) {
            String[] named = Files.readString(pom).split(OURS, -1);
            assertThat(Stream.of(named).skip(1).map(text -> text.substring(0, text.indexOf('<'))))
                    .as(pom.toString()).isNotEmpty()
                    .allSatisfy(name -> assertThat(PUBLISHED.resolve(name + "/0.1.0/" + name + "-0.1.0.pom")).exists());
        }
    }

    @Test
    void aDriverOfSomebodyElseIsHeldToTheSuite() throws IOException {
        Path source = Files.writeString(home.resolve("DriverTest.java"), DRIVER_TEST);
        Stream<String> frameworks = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> FRAMEWORKS.stream().anyMatch(Path.of(jar).getFileName().toString()::startsWith));
        String path = Stream.concat(jars().stream().map(Path::toString), frameworks)
                .collect(Collectors.joining(File.pathSeparator));
        compiles(List.of("-cp", path, "-proc:none", "-d", home.resolve("out").toString(), source.toString()));
        assertThat(home.resolve("out/com/example/driver/DriverTest.class")).exists();
    }

    private static void compiles(List<String> words) {
        StringWriter said = new StringWriter();
        try (PrintWriter out = new PrintWriter(said)) {
            int code = ToolProvider.findFirst("javac").orElseThrow().run(out, out, words.toArray(String[]::new));
            assertThat(code).as(said.toString()).isZero();
        }
    }
}
