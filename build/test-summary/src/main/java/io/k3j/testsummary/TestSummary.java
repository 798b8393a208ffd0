package io.k3j.testsummary;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// Adds up the reports that Surefire and Failsafe wrote in all modules since the build began, and judges the build: by
/// what failed, what was skipped that may not be, what was to run and has no report, and what passed only when it was
/// run again.
public final class TestSummary {
    private static final int DEPTH = 6;
    private static final String EXPECTED = "(expected) ";
    /// As the build says it that was given none of these; Maven takes the last for nothing rather than for unknown.
    private static final Set<String> ALL = Set.of("${test}${it.test}null", "${test}${it.test}${groups}");
    private static final String NO_REPORT = "no report, its fork ended before it: ";
    private static final int TEXT = 400;
    private static final int NAMED = 20;
    private static final int TOLD = 3;
    private static final int TOLD_TEXT = 2000;
    private final List<String> told = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final List<FailedClass> failed = new ArrayList<>();
    private final List<String> unreported;
    private final AllowedSkips allowed;
    private int failures;
    private int forbidden;
    private int run;

    private TestSummary(AllowedSkips allowed, List<String> unreported) {
        this.allowed = allowed;
        this.unreported = unreported;
    }

    /// Prints the summary, and ends with 1 when a test failed in a build that went on all the same
    /// (`-Dmaven.test.failure.ignore`) and did not pass in its second chance, when a class of tests was to run and no
    /// report tells of it, or when a build machine, which has all that tests need, skipped one that it may not skip.
    /// @param words the root of the source tree, when the build began, whether there are no second chances (`true`),
    /// the tag that does not run, where the output of second chances goes, the file for what failed, and what the build
    /// was asked to run instead of all tests, [#ALL] for nothing
    public static void main(String[] words) throws IOException, InterruptedException {
        Path root = Path.of(words[0]);
        Instant since = Instant.parse(words[1]);
        List<String> missing = ALL.contains(words[6]) ? Unreported.of(root, since, words[3]) : List.of();
        TestSummary all = of(root, since, AllowedSkips.shipped(), missing);
        all.print(System.out);
        Files.write(Path.of(words[5]), all.briefly());
        boolean good = missing.isEmpty();
        good &= all.failed.isEmpty() || !words[2].equals("true") && all.again(words[3], Path.of(words[4]));
        if (all.forbidden > 0 && strict(System.getenv("CI"), System.getProperty("user.name"),
                Files.exists(Path.of("/etc/debian_version")))) {
            System.out.println("as root on Debian and with CI set nothing may be skipped but what allowed-skips.txt of"
                    + " build/test-summary names: " + all.forbidden + " are");
            good = false;
        }
        if (!good) {
            System.exit(1);
        }
    }

    /// Whether nothing may be skipped here.
    static boolean strict(@Nullable String ci, String user, boolean debian) {
        return ci != null && !ci.isEmpty() && !ci.equals("false") && user.equals("root") && debian;
    }

    /// Reads the reports below `root` that are not older than `since`.
    /// @param unreported classes of tests of which none tells
    static TestSummary of(Path root, Instant since, AllowedSkips allowed, List<String> unreported)
            throws IOException {
        TestSummary all = new TestSummary(allowed, unreported);
        try (Stream<Path> files = Files.walk(root, DEPTH)) {
            for (Path file : (Iterable<Path>) files.filter(TestSummary::report).sorted()::iterator) {
                if (!Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
                    all.add(file);
                }
            }
        }
        return all;
    }

    /// Prints one line per skipped test with its reason, one per test that failed with the first line of what it said,
    /// and the counts.
    /// @return how many were skipped that are not allowed to be
    int print(PrintStream out) {
        skipped.forEach(line -> out.println("skipped: " + line));
        failed.forEach(one -> one.failures().forEach(line -> out.println("failed: " + line)));
        unreported.forEach(line -> out.println(NO_REPORT + line));
        out.println("tests: " + run + " run, " + failures + " failed, " + skipped.size() + " skipped");
        return forbidden;
    }

    /// What failed, as short as the end of a build machine's output that is kept: the names of a few tests, what the
    /// first of them said, and which tests were skipped that may not be.
    List<String> briefly() {
        List<String> lines = new ArrayList<>();
        failed.stream().flatMap(one -> one.failures().stream()).limit(NAMED).forEach(line -> lines.add("failed: "
                + line));
        unreported.stream().limit(NAMED).forEach(line -> lines.add(NO_REPORT + line));
        skipped.stream().filter(line -> !line.startsWith(EXPECTED)).limit(NAMED).forEach(line -> lines.add("skipped: "
                + line));
        told.stream().limit(TOLD).forEach(lines::add);
        return lines;
    }

    /// Runs the classes that failed once more, and names last what passed only then.
    /// @return whether all passed
    private boolean again(String excludedTags, Path logs) throws IOException, InterruptedException {
        String refusal = SecondChance.refusal(failed, SecondChance.excluded());
        if (refusal != null) {
            System.out.println("no second chance: " + refusal);
            return false;
        }
        boolean good = true;
        for (FailedClass one : failed) {
            Path log = logs.resolve(one.name() + ".txt");
            boolean passes = new SecondChance(one.properties(), log).passes(one.name(), excludedTags);
            good &= passes;
            one.failures().forEach(line -> System.out.println((passes ? "passed only the second time: "
                    : "failed twice (" + log + "): ") + line));
        }
        return good;
    }

    /// Of a condition that a test states the reason is an attribute, of an assumption it is the exception's text.
    private static String reason(Element skipped) {
        String message = skipped.getAttribute("message");
        return message.isEmpty() ? firstLine(skipped) : message;
    }

    private static String firstLine(Element element) {
        String line = element.getTextContent().lines().filter(text -> !text.isBlank()).findFirst().orElse("").strip();
        return line.length() > TEXT ? line.substring(0, TEXT) : line;
    }

    private static boolean report(Path file) {
        String name = String.valueOf(file.getFileName());
        String directory = String.valueOf(Objects.requireNonNull(file.getParent()).getFileName());
        return name.startsWith("TEST-") && name.endsWith(".xml")
                && (directory.equals("surefire-reports") || directory.equals("failsafe-reports"));
    }

    private void add(Path file) throws IOException {
        Document document;
        try {
            document = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(file.toFile());
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + " cannot be read: " + e.getMessage(), e);
        }
        List<String> lines = new ArrayList<>();
        for (Element test : elements(document.getDocumentElement(), "testcase")) {
            add(test, lines);
        }
        if (!lines.isEmpty()) {
            Map<String, String> properties = new TreeMap<>();
            elements(document.getDocumentElement(), "property")
                    .forEach(one -> properties.put(one.getAttribute("name"), one
                            .getAttribute("value")));
            String name = String.valueOf(file.getFileName());
            failed.add(new FailedClass(name.substring("TEST-".length(), name.length() - ".xml".length()), file, lines,
                    properties));
        }
    }

    private void add(Element test, List<String> lines) {
        String what = test.getAttribute("classname") + (test.getAttribute("name").isEmpty() ? "" : "." + test
                .getAttribute("name"));
        List<Element> skips = elements(test, "skipped");
        if (!skips.isEmpty()) {
            String why = reason(skips.getFirst());
            boolean may = allowed.covers(what, why);
            forbidden += may ? 0 : 1;
            skipped.add((may ? EXPECTED : "") + what + ": " + (why.isEmpty() ? "no reason given"
                    : why.lines().findFirst().orElse("")));
            return;
        }
        run++;
        List<Element> faults = new ArrayList<>(elements(test, "failure"));
        faults.addAll(elements(test, "error"));
        if (!faults.isEmpty()) {
            failures++;
            lines.add(what + ": " + firstLine(faults.getFirst()));
            String text = faults.getFirst().getTextContent().strip();
            told.add(what + ":\n" + text.substring(0, Math.min(TOLD_TEXT, text.length())));
        }
    }

    private static List<Element> elements(Element within, String name) {
        NodeList nodes = within.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength()).mapToObj(at -> (Element) nodes.item(at)).toList();
    }
}
