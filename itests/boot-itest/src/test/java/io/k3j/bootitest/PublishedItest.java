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
import java.util.ArrayList;
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
        StringWriter said = new StringWriter();
        List<String> words = new ArrayList<>(List.of("--module-path", modulePath(), "-d",
                home.resolve("out").toString(), descriptor.toString(), source.toString()));
        try (PrintWriter out = new PrintWriter(said)) {
            int code = ToolProvider.findFirst("javac").orElseThrow().run(out, out, words.toArray(String[]::new));
            assertThat(code).as(said.toString()).isZero();
        }
        assertThat(home.resolve("out/com/example/consumer/Consumer.class")).exists();
    }
}
