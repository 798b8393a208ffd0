package io.k3j.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PomTest {
    private static final String MODULE = """
            <project><parent><groupId>io.k3j</groupId><artifactId>bundles</artifactId><version>0.1.0</version></parent>
              <artifactId>schema</artifactId>
              <dependencies>
                <dependency><groupId>io.k3j</groupId><artifactId>model</artifactId><scope>provided</scope></dependency>
                <dependency><groupId>com.google.re2j</groupId><artifactId>re2j</artifactId></dependency>
                <dependency><groupId>io.k3j</groupId><artifactId>schema-gen</artifactId><type>pom</type></dependency>
                <dependency><groupId>org</groupId><artifactId>client</artifactId><optional>true</optional></dependency>
                <dependency><groupId>org</groupId><artifactId>jspecify</artifactId><scope>provided</scope></dependency>
                <dependency><groupId>io.k3j</groupId><artifactId>testkit</artifactId><scope>test</scope></dependency>
              </dependencies></project>
            """;
    @TempDir
    private Path home;

    private Pom pom(String text) throws IOException {
        return Pom.read(Files.writeString(home.resolve("pom.xml"), text));
    }

    @Test
    void standsAloneWithAllThatACompilerNeeds() throws IOException {
        assertThat(pom(MODULE).standalone("schema", Map.of("com.google.re2j:re2j", "1.8")))
                .contains("<artifactId>schema</artifactId><version>0.1.0</version>",
                        "<artifactId>model</artifactId><version>0.1.0</version></dependency>",
                        "<artifactId>re2j</artifactId><version>1.8</version></dependency>")
                .doesNotContain("parent", "schema-gen", "client", "jspecify", "testkit", "scope");
    }

    @Test
    void aVersionThatNobodyGivesIsAskedForByName() throws IOException {
        Pom pom = pom(MODULE);
        assertThatThrownBy(() -> pom.standalone("schema", Map.of())).hasMessageContaining("com.google.re2j:re2j");
    }

    @Test
    void everyFileHasItsChecksums() throws IOException {
        Repository.empty(home.resolve("repository"), "0.1.0").add("model", ".pom", "x");
        Path file = home.resolve("repository/io/k3j/model/0.1.0/model-0.1.0.pom");
        assertThat(file).hasContent("x");
        assertThat(file.resolveSibling("model-0.1.0.pom.sha1")).hasContent("11f6ad8ec52a2984abaafd7c3b516503785c2072");
    }

    @Test
    void sourcesAreZippedTheSameEachTime() throws IOException {
        Files.createDirectories(home.resolve("src/a"));
        Files.writeString(home.resolve("src/a/B.java"), "class B {}");
        byte[] zip = Zip.of(home.resolve("src"));
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            assertThat(in.getNextEntry().getName()).isEqualTo("a/B.java");
        }
        assertThat(List.of(Zip.of(home.resolve("src")))).containsExactly(zip);
    }
}
