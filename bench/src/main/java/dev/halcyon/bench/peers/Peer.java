package dev.halcyon.bench.peers;

import java.io.IOException;

/** A program that reads pictures from one topic and writes what they show to another. */
interface Peer {
  /** Its name, as {@code --only} takes it and topics have it. */
  String name();

  /** What it is, for people. */
  String title();

  /** What it runs on, where its process does not say so itself. */
  default String versions(Workbench bench) {
    return "";
  }

  /** Makes its topics, and whatever else must be there before it starts. */
  default void prepare(Workbench bench, String run) throws IOException, InterruptedException {
    bench.createTopics(uploads(run), results(run));
  }

  /**
   * Starts it on topics of its own.
   *
   * @param run names the topics and the consumer group
   */
  PeerProcess start(Workbench bench, String run) throws IOException, InterruptedException;

  /** A record of its upload topic for a picture. */
  default byte[] upload(Workbench bench, String run, String imageId, byte[] picture) {
    return picture;
  }

  /** The topic that pictures go to. */
  default String uploads(String run) {
    return run + "-uploads";
  }

  /** The topic that it writes to. */
  default String results(String run) {
    return run + "-tags";
  }
}
