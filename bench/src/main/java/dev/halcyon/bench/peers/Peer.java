package dev.halcyon.bench.peers;

import java.io.IOException;

/** A program that reads pictures from one topic and writes what they show to another. */
interface Peer {
  /** Its name in tables. */
  String name();

  /** What it runs on, where its process does not say so itself. */
  default String versions(Workbench bench) {
    return "";
  }

  /** Makes its topics, and whatever else must be there before it starts. */
  void prepare(Workbench bench, String run) throws IOException, InterruptedException;

  /**
   * Starts it on topics of its own.
   *
   * @param run names the topics and the consumer group
   */
  PeerProcess start(Workbench bench, String run) throws IOException;

  /** A record of its upload topic for a picture. */
  byte[] upload(Workbench bench, String run, String imageId, byte[] picture);

  /** The topic that pictures go to. */
  String uploads(String run);

  /** The topic that it writes to. */
  String results(String run);
}
