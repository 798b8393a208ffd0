package io.k3j.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What a distribution tells its framework of the bundles in it.
class ShippedHeadersTest {
    private static String shipped(String name, String value) {
        return ShippedHeaders.of(Map.of(name, value)).getOrDefault(name, "");
    }

    private static Jar jar(String name, String imports, String exports) {
        return new Jar(Path.of(name + ".jar"), new TreeMap<>(Map.of("Bundle-SymbolicName", name, "Import-Package",
                imports, "Export-Package", exports)), new TreeMap<>());
    }

    @Test
    void exportsKeepTheirVersionsAndLoseWhatTheyUse() {
        assertThat(shipped("Export-Package", "a.b;version=\"1.2.0\";uses:=\"c,d\",e;uses:=\"f\";version=\"2\",g"))
                .isEqualTo("a.b;version=\"1.2.0\",e;version=\"2\",g");
    }

    @Test
    void importsLoseTheirVersionsAndStayOptional() {
        assertThat(shipped("Import-Package", "a;version=\"[1.0,2)\";resolution:=optional, b;version=\"[1,2)\",c"))
                .isEqualTo("a;resolution:=optional,b,c");
    }

    @Test
    void servicesAndTheJavaAreNotRequiredButExtenders() {
        String extender = "osgi.extender;filter:=\"(&(osgi.extender=osgi.component)(version>=1.5.0))\"";
        assertThat(shipped("Require-Capability", "osgi.service;effective:=active;filter:=\"(objectClass=a,b)\","
                + extender + ",osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=25))\"")).isEqualTo(extender);
        assertThat(ShippedHeaders.of(Map.of("Require-Capability", "osgi.ee;filter:=\"(osgi.ee=JavaSE)\""))).isEmpty();
    }

    @Test
    void whatNobodyReadsIsLeftOut() {
        assertThat(ShippedHeaders.of(Map.of("Bundle-License", "Apache-2.0", "Multi-Release", "true",
                "Bundle-Version", "1.0", "Bundle-ClassPath", "lib/a.jar"))).containsOnlyKeys("Bundle-Version");
    }

    @Test
    void importsFitWhatBundlesAndTheSystemExport() {
        List<Jar> jars = List.of(
                jar("one", "x;version=\"[1.2,2)\",java.thing,own;version=\"[3,4)\"", "own;version=3.1"),
                jar("two", "absent;resolution:=optional,framework;version=\"[1.10,2)\"", "x;y;version:Version=1.9"));
        assertThatCode(() -> Wiring.check(jars, "java.thing,framework;version=1.10")).doesNotThrowAnyException();
    }

    @Test
    void anImportThatNothingExportsInItsRangeIsRefused() {
        List<Jar> jars = List.of(jar("one", "x;version=\"[2,3)\",y", "a"), jar("two", "a", "x;version=1.9"));
        assertThatThrownBy(() -> Wiring.check(jars, "java.thing")).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one.jar: x [2.0.0,3.0.0)").hasMessageContaining("one.jar: y 0.0.0")
                .message().doesNotContain("two.jar");
    }
}
