package io.k3j.testsummary;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// Adds up the reports that Surefire and Failsafe wrote in all modules since the build began.
public final class TestSummary {
    private static final int DEPTH = 5;
    private final List<String> skipped = new ArrayList<>();
    private int run;

    private TestSummary() {
    }

    /// Prints the summary.
    /// @param words the root of the source tree, and when the build began
    public static void main(String[] words) throws IOException {
        print(Path.of(words[0]), Instant.parse(words[1]), System.out);
    }

    /// Prints one line per skipped test with its reason, and the counts.
    static void print(Path root, Instant since, PrintStream out) throws IOException {
        TestSummary all = new TestSummary();
        try (Stream<Path> files = Files.walk(root, DEPTH)) {
            for (Path file : (Iterable<Path>) files.filter(TestSummary::report).sorted()::iterator) {
                if (!Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
                    all.add(file);
                }
            }
        }
        all.skipped.forEach(line -> out.println("skipped: " + line));
        out.println("tests: " + all.run + " run, " + all.skipped.size() + " skipped");
    }

    private static boolean report(Path file) {
        String name = String.valueOf(file.getFileName());
        String directory = String.valueOf(file.getParent().getFileName());
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
            if (marks.getLength() == 0) {
                run++;
                continue;
            }
            String why = ((Element) marks.item(0)).getAttribute("message");
            String what = test.getAttribute("classname") + (test.getAttribute("name").isEmpty() ? "" : "." + test
                    .getAttribute("name"));
            skipped.add(what + ": " + (why.isEmpty() ? "no reason given" : why.lines().findFirst().orElse("")));
        }
    }
}
