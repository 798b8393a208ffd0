package io.k3j.testkitbase;

/// The end of what a test has made. It fails no test that passed: what goes wrong is printed, and the next step is
/// taken. What is still there when all tests of a module are over is told by [Leftovers].
public final class Teardown {
    private Teardown() {
    }

    /// One step.
    public interface Step {
        /// Takes it.
        void run() throws Exception;
    }

    /// Takes each step, whatever becomes of those before it.
    public static void of(String what, Step... steps) {
        boolean interrupted = false;
        for (Step step : steps) {
            try {
                step.run();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (Exception | AssertionError e) {
                System.out.println("teardown of " + what + " goes on after " + e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
