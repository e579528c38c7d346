// upsample: being written (see the note of the nn families).
