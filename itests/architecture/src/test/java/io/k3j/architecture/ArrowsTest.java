package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The arrows of `docs/architecture.md`, and what no bundle may do. A failure lists every offender.
class ArrowsTest {
    private static final String ROOT = "io.k3j.";
    /// Calls that end or block what is not ours to end or block, and whose use belongs to one room.
    private static final Map<String, String> FORBIDDEN = Map.of("java.lang.Thread.sleep",
            "wait on a condition with a limit", "java.lang.System.exit", "a bundle does not end the process: use Abort",
            "java.lang.Runtime.halt", "a bundle does not end the process: use Abort", "java.lang.Runtime.exit",
            "a bundle does not end the process: use Abort", "java.lang.Runtime.addShutdownHook",
            "a hook keeps a swapped bundle alive");

    private final JavaClasses classes = Imported.CLASSES;

    @Test
    void looksAtEveryRoom() {
        Set<String> rooms = new TreeSet<>();
        classes.forEach(type -> rooms.add(room(type)));
        assertThat(rooms).containsAll(Rooms.CONTRACTS.keySet()).contains("features", "console");
    }

    @Test
    void everybodyKnowsOnlyWhatTheTableAllows() {
        assertThat(offenders(this::forbiddenArrows)).isEmpty();
    }

    private Stream<String> forbiddenArrows(JavaClass type) {
        String room = room(type);
        if (Rooms.PROCESS.contains(room)) {
            return Stream.empty();
        }
        Set<String> known = Rooms.known(room);
        return type.getDirectDependenciesFromSelf().stream().map(Dependency::getTargetClass)
                .filter(target -> target.getPackageName().startsWith(ROOT))
                .filter(target -> !known.contains(room(target)))
                .map(target -> room + " -> " + room(target) + ": " + type.getName() + " uses " + target.getName());
    }

    /// Its classes would be those of the class path for ever, whatever jar has taken their provider's place.
    @Test
    void theProcessKnowsNoLibraryOfAProvidersJar() {
        assertThat(offenders(type -> Rooms.PROCESS.contains(room(type)) ? type.getDirectDependenciesFromSelf().stream()
                .map(Dependency::getTargetClass).filter(target -> target.getPackageName().startsWith(ROOT))
                .filter(target -> Rooms.EMBEDDED.containsKey(room(target)))
                .map(target -> type.getName() + " uses " + target.getName()) : Stream.empty())).isEmpty();
    }

    @Test
    void noBundleSleepsExitsOrHooksIntoShutdown() {
        assertThat(offenders(type -> Rooms.PROCESS.contains(room(type)) ? Stream.empty() : forbiddenCalls(type)))
                .isEmpty();
    }

    private static Stream<String> forbiddenCalls(JavaClass type) {
        return type.getAccessesFromSelf().stream().map(JavaAccess::getTarget)
                .map(target -> target.getOwner().getName() + "." + target.getName()).filter(FORBIDDEN::containsKey)
                .map(call -> type.getName() + " calls " + call + ": " + FORBIDDEN.get(call));
    }

    @Test
    void noBundleUsesRegularExpressionsThatCanHang() {
        assertThat(offenders(type -> type.getDirectDependenciesFromSelf().stream()
                .filter(dependency -> dependency.getTargetClass().getPackageName().equals("java.util.regex"))
                .filter(dependency -> !Rooms.PROCESS.contains(room(type)))
                .map(dependency -> type.getName() + " uses java.util.regex; RE2/J does not hang"))).isEmpty();
    }

    @Test
    void noBundleKeepsStateInStaticFieldsOrThreadLocals() {
        assertThat(offenders(type -> Rooms.PROCESS.contains(room(type)) ? Stream.empty()
                : type.getFields().stream().filter(ArrowsTest::shared)
                        .map(field -> field.getFullName() + " is state of the process")))
                .isEmpty();
    }

    private static boolean shared(JavaField field) {
        boolean isStatic = field.getModifiers().contains(JavaModifier.STATIC);
        boolean synthetic = field.getModifiers().contains(JavaModifier.SYNTHETIC);
        boolean isFinal = field.getModifiers().contains(JavaModifier.FINAL);
        return isStatic && !synthetic && !isFinal || field.getRawType().isAssignableTo(ThreadLocal.class);
    }

    @Test
    void aProviderIsOnePackage() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : classes) {
            String room = room(type);
            String name = type.getPackageName();
            if (Rooms.provider(room) && !name.equals(ROOT + room) && !name.equals(ROOT + room + ".wire")) {
                wrong.add(name + ": a second package means a second bundle");
            }
        }
        assertThat(wrong).isEmpty();
    }

    private List<String> offenders(Function<JavaClass, Stream<String>> rule) {
        return classes.stream().flatMap(rule).distinct().sorted().toList();
    }

    private static String room(JavaClass type) {
        String rest = type.getPackageName().substring(ROOT.length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }
}
