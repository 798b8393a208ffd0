package io.k3j.testsummary;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// Adds up the reports that Surefire and Failsafe wrote in all modules since the build began.
public final class TestSummary {
    private static final int DEPTH = 6;
    private final List<String> skipped = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private final AllowedSkips allowed;
    private int forbidden;
    private int run;

    private TestSummary(AllowedSkips allowed) {
        this.allowed = allowed;
    }

    /// Prints the summary, and ends with 1 when a test failed in a build that went on all the same
    /// (`-Dmaven.test.failure.ignore`), or when a build machine, which has all that tests need, skipped one that it may
    /// not skip.
    /// @param words the root of the source tree, and when the build began
    public static void main(String[] words) throws IOException {
        TestSummary all = of(Path.of(words[0]), Instant.parse(words[1]), AllowedSkips.shipped());
        all.print(System.out);
        if (!all.failed.isEmpty()) {
            System.exit(1);
        }
        int forbidden = all.forbidden;
        if (forbidden > 0 && strict(System.getenv("CI"), System.getProperty("user.name"),
                Files.exists(Path.of("/etc/debian_version")))) {
            System.out.println("as root on Debian and with CI set nothing may be skipped but what allowed-skips.txt of"
                    + " build/test-summary names: " + forbidden + " are");
            System.exit(1);
        }
    }

    /// Whether nothing may be skipped here.
    static boolean strict(@Nullable String ci, String user, boolean debian) {
        return ci != null && !ci.isEmpty() && !ci.equals("false") && user.equals("root") && debian;
    }

    /// Reads the reports below `root` that are not older than `since`.
    static TestSummary of(Path root, Instant since, AllowedSkips allowed) throws IOException {
        TestSummary all = new TestSummary(allowed);
        try (Stream<Path> files = Files.walk(root, DEPTH)) {
            for (Path file : (Iterable<Path>) files.filter(TestSummary::report).sorted()::iterator) {
                if (!Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
                    all.add(file);
                }
            }
        }
        return all;
    }

    /// Prints one line per skipped test with its reason, one per test that failed, and the counts.
    /// @return how many were skipped that are not allowed to be
    int print(PrintStream out) {
        skipped.forEach(line -> out.println("skipped: " + line));
        failed.forEach(line -> out.println("failed: " + line));
        out.println("tests: " + run + " run, " + failed.size() + " failed, " + skipped.size() + " skipped");
        return forbidden;
    }

    /// Of a condition that a test states the reason is an attribute, of an assumption it is the exception's text.
    private static String reason(Element skipped) {
        String message = skipped.getAttribute("message");
        return message.isEmpty() ? skipped.getTextContent().lines().findFirst().orElse("") : message;
    }

    private static boolean report(Path file) {
        String name = String.valueOf(file.getFileName());
        String directory = String.valueOf(Objects.requireNonNull(file.getParent()).getFileName());
        return name.startsWith("TEST-") && name.endsWith(".xml")
                && (directory.equals("surefire-reports") || directory.equals("failsafe-reports"));
    }

    private void add(Path file) throws IOException {
        NodeList tests;
        try {
            tests = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(file.toFile())
                    .getElementsByTagName("testcase");
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + " cannot be read: " + e.getMessage(), e);
        }
        for (int i = 0; i < tests.getLength(); i++) {
            Element test = (Element) tests.item(i);
            NodeList marks = test.getElementsByTagName("skipped");
            String what = test.getAttribute("classname") + (test.getAttribute("name").isEmpty() ? "" : "." + test
                    .getAttribute("name"));
            if (marks.getLength() == 0) {
                run++;
                if (test.getElementsByTagName("failure").getLength() + test.getElementsByTagName("error")
                        .getLength() > 0) {
                    failed.add(what);
                }
                continue;
            }
            String why = reason((Element) marks.item(0));
            boolean may = allowed.covers(what, why);
            forbidden += may ? 0 : 1;
            skipped.add((may ? "(expected) " : "") + what + ": " + (why.isEmpty() ? "no reason given"
                    : why.lines().findFirst().orElse("")));
        }
    }
}
