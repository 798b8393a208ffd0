package io.k3j.testkitbase;

import com.sun.management.ThreadMXBean;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/// Fuzz targets: a public test class with one method `public static void fuzzerTestOneInput(byte[])`, which Jazzer
/// calls with inputs that follow coverage (`build/fuzz`), and one test, which hands the same method to [#run]. A target
/// knows nothing of Jazzer, so that a build needs neither its agent nor its native part.
///
/// What a parser promises of any input is asserted by [#parse] and, behind it, by the target: the same again after
/// writing and reading, where there is an inverse.
public final class Fuzzing {
    /// Of one input. What a parser allocates because an input names a length, is beyond it.
    static final long MOST_ALLOCATED = 256L << 20;
    /// Of the processor, for one input; what is quadratic in the longest of them takes longer.
    static final Duration MOST_TIME = Duration.ofSeconds(10);
    /// How many inputs a build makes of the seeds of a target, when `-Dk3j.inputs=` asks for no other number.
    private static final int INPUTS = 1_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Fuzzing() {
    }

    /// A target's method.
    public interface Target {
        /// Reads an input and asserts what must hold of it.
        void input(byte[] input);
    }

    /// What a target does with its input.
    public interface Step {
        /// Reads the input, and writes and reads it again where there is an inverse.
        /// @throws Exception the parser's own for what it refuses, or any other
        void run() throws Exception;
    }

    /// Runs a step, which succeeds or is refused in a sentence, and takes no more memory and time than any input of
    /// the length of a target's may. What was written from what was read is read again in a step of its own within the
    /// first, without refusals: else one that cannot be read again would pass for a refused input.
    /// @param refusals what the parser says that it throws
    /// @throws AssertionError when it throws anything else, says nothing, or takes too much
    @SafeVarargs
    public static void parse(Step step, Class<? extends Exception>... refusals) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long time = THREADS.getCurrentThreadCpuTime();
        try {
            step.run();
        } catch (Exception e) {
            boolean own = false;
            for (Class<? extends Exception> refusal : refusals) {
                own |= refusal.isInstance(e);
            }
            refused(e, own);
        }
        time = THREADS.getCurrentThreadCpuTime() - time;
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        if (allocated > MOST_ALLOCATED || time > MOST_TIME.toNanos()) {
            throw new AssertionError("an input took " + allocated + " bytes and " + time + " ns");
        }
    }

    /// @param own whether it is what the parser says that it throws
    private static void refused(Exception e, boolean own) {
        if (!own) {
            throw new AssertionError("an input is refused by " + e, e);
        }
        // an input that ends early is told by the type alone
        if (!(e instanceof EOFException) && (e.getMessage() == null || e.getMessage().isBlank())) {
            throw new AssertionError("an input is refused without a word", e);
        }
    }

    /// Hands a target its seeds and what chance makes of them, the same in each build; another series with
    /// `-Dk3j.seed=`, a longer one with `-Dk3j.inputs=`. With `-Dk3j.fuzz.corpus=DIRECTORY` the seeds are files in it
    /// afterwards, and nothing is made of them.
    /// @param seeds one at least; they are what the parser takes, and what once was wrong with it
    /// @throws AssertionError with the input in Base64, which [#base64] makes a seed
    public static void run(Target target, List<byte[]> seeds) throws IOException {
        run(target, seeds, INPUTS);
    }

    /// The same with another number of inputs, for targets that cost more than others.
    public static void run(Target target, List<byte[]> seeds, int inputs) throws IOException {
        seeds.forEach(seed -> told(target, seed));
        String corpus = System.getProperty("k3j.fuzz.corpus");
        if (corpus != null) {
            keep(Path.of(corpus), seeds);
            return;
        }
        Mutations mutations = new Mutations(new Random(Long.getLong("k3j.seed", 1)), seeds);
        for (int i = Integer.getInteger("k3j.inputs", inputs); i > 0; i--) {
            told(target, mutations.next());
        }
    }

    private static void told(Target target, byte[] input) {
        try {
            target.input(input.clone());
        } catch (RuntimeException | Error e) {
            throw new AssertionError("with the input " + Base64.getEncoder().encodeToString(input), e);
        }
    }

    private static void keep(Path corpus, List<byte[]> seeds) throws IOException {
        Files.createDirectories(corpus);
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(corpus.resolve("seed-" + i), seeds.get(i));
        }
    }

    /// Seeds of texts, as UTF-8.
    public static List<byte[]> texts(String... texts) {
        List<byte[]> seeds = new ArrayList<>();
        for (String text : texts) {
            seeds.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return seeds;
    }

    /// Seeds of hexadecimal digits, blanks between them left out.
    public static List<byte[]> hex(String... digits) {
        List<byte[]> seeds = new ArrayList<>();
        for (String text : digits) {
            seeds.add(HexFormat.of().parseHex(text.replace(" ", "")));
        }
        return seeds;
    }

    /// Seeds of Base64: what Jazzer and [#run] tell of an input.
    public static List<byte[]> base64(String... texts) {
        List<byte[]> seeds = new ArrayList<>();
        for (String text : texts) {
            seeds.add(Base64.getDecoder().decode(text));
        }
        return seeds;
    }

    /// An input as the text that a parser of texts is given.
    public static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }
}
