package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// No argument of a component that a page names or a bundle reads is refused by the command line.
class ComponentArgumentsTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Pattern NAMED = Pattern.compile("--([a-z-]+-arg)=([a-z][a-z0-9-]*[a-z0-9])(?![a-z0-9-])");
    private static final Pattern SETTINGS = Pattern.compile("\\.(kube\\w*Arg|helmControllerArg)\\(\\)");
    private static final Pattern READ = Pattern.compile(
            "(?:getOrDefault|containsKey|startsWith|get|text|flag|number|address|networks)\\(\\s*"
                    + "\"([a-z0-9]+(?:-[a-z0-9]+)+)=?\""
                    + "|\"([a-z0-9]+(?:-[a-z0-9]+)+)=\"");
    private static final String PLACEHOLDER = "name";
    /// What a class reads of another one than its file is about.
    private static final Set<String> PREFIXES = Set.of("leader-elect");
    /// What only files of the kubelet's configuration say, as upstream has no argument for it.
    private static final Set<String> OF_FILES = Set.of("node-lease-duration-seconds", "swap-behavior");

    private static @Nullable Flag flag(Predicate<Flag> which) {
        return Flags.every().stream().filter(Flag::arguments).filter(which).findFirst().orElse(null);
    }

    private static boolean taken(Flag flag, String argument) {
        return !(flag.state() instanceof Flag.State.Only only) || only.values().contains(argument);
    }

    /// What is built is not looked into: it comes and goes while other modules are built and tested.
    private static List<Path> files(String below, String ends) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(ROOT.resolve(below), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.endsWith("target") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.toString();
                if (name.endsWith(ends) && (ends.equals(".md") || name.contains("/src/main/"))) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    @Test
    void thoseThatPagesNameAreTaken() throws IOException {
        Set<String> refused = new TreeSet<>();
        for (Path page : files("docs", ".md")) {
            Matcher named = NAMED.matcher(Files.readString(page));
            while (named.find()) {
                String name = named.group(1);
                Flag flag = flag(f -> f.name().equals(name));
                if (flag != null && !named.group(2).equals(PLACEHOLDER) && !taken(flag, named.group(2))) {
                    refused.add(ROOT.relativize(page) + " " + named.group());
                }
            }
        }
        assertThat(refused).isEmpty();
    }

    @Test
    void thoseThatBundlesReadAreTaken() throws IOException {
        Set<String> refused = new TreeSet<>();
        List<String> seen = new ArrayList<>();
        for (Path source : files("bundles", ".java")) {
            String text = Files.readString(source);
            Matcher settings = SETTINGS.matcher(text);
            if (!settings.find()) {
                continue;
            }
            String key = settings.group(1);
            Flag flag = Objects.requireNonNull(flag(f -> f.key().equals(key)), key);
            Matcher read = READ.matcher(text);
            while (read.find()) {
                String argument = read.group(1) == null ? read.group(2) : read.group(1);
                seen.add(argument);
                if (!PREFIXES.contains(argument) && !OF_FILES.contains(argument) && !taken(flag, argument)) {
                    refused.add(source.getFileName() + " --" + flag.name() + "=" + argument);
                }
            }
        }
        assertThat(refused).isEmpty();
        assertThat(seen).as("the classes that read arguments are still found").contains("cluster-signing-duration",
                "root-dir", "disable-admission-plugins");
    }

    @Test
    void thoseOfTheHelmControllerAreTaken() {
        Flag flag = Objects.requireNonNull(flag(f -> f.name().equals("helm-controller-arg")));
        assertThat(List.of("default-job-image", "job-cluster-role", "job-tolerations", "job-resources", "threads"))
                .allMatch(argument -> taken(flag, argument));
    }
}
